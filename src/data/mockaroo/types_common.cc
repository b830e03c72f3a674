// What most people lists have beside the people: work, wares, countries. Firms and wares are
// coined.
#include <algorithm>
#include <array>

#include "data/mockaroo/coined.h"
#include "data/mockaroo/options.h"
#include "data/mockaroo/types.h"

namespace pim::data::mockaroo {
namespace {

template <const auto& kList>
Made any_of_list(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(kList[cell.draw().below(kList.size())]));
}

template <const auto& kList>
std::string drawn(Draw& draw) {
  return std::string(kList[draw.below(kList.size())]);
}

struct Country {
  std::string_view name;
  std::string_view code;  // ISO 3166
  std::string_view currency;
  std::string_view currency_code;  // ISO 4217
};
constexpr auto kCountries = std::to_array<Country>({
    {"Argentina", "AR", "Peso", "ARS"},
    {"Brazil", "BR", "Real", "BRL"},
    {"Canada", "CA", "Dollar", "CAD"},
    {"China", "CN", "Yuan Renminbi", "CNY"},
    {"Colombia", "CO", "Peso", "COP"},
    {"Czech Republic", "CZ", "Koruna", "CZK"},
    {"Finland", "FI", "Euro", "EUR"},
    {"France", "FR", "Euro", "EUR"},
    {"Greece", "GR", "Euro", "EUR"},
    {"Indonesia", "ID", "Rupiah", "IDR"},
    {"Japan", "JP", "Yen", "JPY"},
    {"Mexico", "MX", "Peso", "MXN"},
    {"Nigeria", "NG", "Naira", "NGN"},
    {"Philippines", "PH", "Peso", "PHP"},
    {"Poland", "PL", "Zloty", "PLN"},
    {"Portugal", "PT", "Euro", "EUR"},
    {"South Africa", "ZA", "Rand", "ZAR"},
    {"Sweden", "SE", "Krona", "SEK"},
    {"United Kingdom", "GB", "Pound", "GBP"},
    {"United States", "US", "Dollar", "USD"},
});

// One a row, whichever columns show it.
template <std::string_view Country::* kPart>
Made country(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(kCountries[cell.shared("country").below(kCountries.size())].*kPart));
}
void prepare_country(Options& options, PreparedColumn&) { options.take("countries"); }

constexpr auto kFirmEndings =
    std::to_array<std::string_view>({"Inc", "LLC", "Group", "and Sons", "Ltd"});
Made company(const PreparedColumn&, CellMaker& cell) {
  Draw& draw = cell.draw();
  const auto name = drawn<kCoinedFamilies>(draw);
  if (draw.below(3) == 0) return Value(name + "-" + drawn<kCoinedFamilies>(draw));
  return Value(name + " " + drawn<kFirmEndings>(draw));
}

constexpr auto kJobs = std::to_array<std::string_view>({"Accountant",
                                                        "Analyst Programmer",
                                                        "Chemical Engineer",
                                                        "Clinical Specialist",
                                                        "Cost Accountant",
                                                        "Database Administrator",
                                                        "Dental Hygienist",
                                                        "Editor",
                                                        "Electrical Engineer",
                                                        "Financial Analyst",
                                                        "General Manager",
                                                        "Geologist",
                                                        "Help Desk Technician",
                                                        "Librarian",
                                                        "Nurse",
                                                        "Office Assistant",
                                                        "Paralegal",
                                                        "Pharmacist",
                                                        "Professor",
                                                        "Project Manager",
                                                        "Recruiter",
                                                        "Registered Nurse",
                                                        "Sales Representative",
                                                        "Social Worker",
                                                        "Staff Scientist",
                                                        "Teacher",
                                                        "Therapist",
                                                        "Web Designer"});
constexpr auto kCorporate = std::to_array<std::string_view>(
    {"Accounting", "Business Development", "Engineering", "Human Resources", "Legal", "Marketing",
     "Product Management", "Research and Development", "Sales", "Services", "Support", "Training"});
constexpr auto kRetail = std::to_array<std::string_view>(
    {"Automotive",  "Baby",    "Beauty", "Books",   "Clothing", "Computers",
     "Electronics", "Games",   "Garden", "Grocery", "Health",   "Home",
     "Industrial",  "Jewelry", "Kids",   "Movies",  "Music",    "Outdoors",
     "Shoes",       "Sports",  "Tools",  "Toys"});
constexpr auto kLanguages = std::to_array<std::string_view>(
    {"Arabic", "Bengali", "Chinese", "Dutch", "English", "Finnish", "French", "German", "Hindi",
     "Italian", "Japanese", "Korean", "Polish", "Portuguese", "Russian", "Spanish", "Swahili",
     "Thai"});
constexpr auto kZones = std::to_array<std::string_view>(
    {"Africa/Lagos", "America/Chicago", "America/New_York", "America/Sao_Paulo", "Asia/Jakarta",
     "Asia/Manila", "Asia/Shanghai", "Asia/Tokyo", "Europe/Lisbon", "Europe/Paris",
     "Europe/Warsaw"});
constexpr auto kShirts = std::to_array<std::string_view>({"XS", "S", "M", "L", "XL", "2XL", "3XL"});
constexpr auto kFilmGenres = std::to_array<std::string_view>(
    {"Action", "Adventure", "Comedy", "Comedy|Drama", "Crime|Thriller", "Documentary", "Drama",
     "Drama|Romance", "Fantasy", "Horror", "Musical", "Sci-Fi", "Western"});

// Wares, films and phrases: an adjective and a thing.
constexpr auto kManners = std::to_array<std::string_view>(
    {"Adaptive", "Balanced", "Compact", "Durable", "Extended", "Flexible", "Integrated", "Modular",
     "Portable", "Quiet", "Robust", "Seamless", "Stackable", "Universal", "Versatile"});
constexpr auto kWares = std::to_array<std::string_view>(
    {"Backpack", "Blender", "Bookshelf", "Desk Lamp", "Headphones", "Kettle", "Notebook",
     "Office Chair", "Raincoat", "Scale", "Speaker", "Tent", "Thermometer", "Toaster", "Watch",
     "Water Bottle"});
constexpr auto kFoods = std::to_array<std::string_view>(
    {"Apples", "Bagels", "Black Tea", "Butter", "Carrots", "Cheese", "Coffee", "Flour", "Lentils",
     "Milk", "Oatmeal", "Olive Oil", "Onions", "Pasta", "Rice", "Salt", "Tomatoes", "Yogurt"});
constexpr auto kNotions = std::to_array<std::string_view>(
    {"approach", "array", "capability", "framework", "hierarchy", "initiative", "interface",
     "methodology", "portal", "process", "solution", "strategy", "structure", "workflow"});
constexpr auto kScenes = std::to_array<std::string_view>(
    {"Autumn", "Bridge", "Garden", "Harbor", "Lantern", "Letter", "Mountain", "Orchard", "River",
     "Station", "Summer", "Winter"});

template <const auto& kThings>
Made with_manner(const PreparedColumn&, CellMaker& cell) {
  const auto manner = drawn<kManners>(cell.draw());
  return Value(manner + " " + drawn<kThings>(cell.draw()));
}
Made film(const PreparedColumn&, CellMaker& cell) {
  const auto scene = drawn<kScenes>(cell.draw());
  return Value("The " + scene + " of " + drawn<kCoinedStreets>(cell.draw()));
}
Made ware_description(const PreparedColumn&, CellMaker& cell) {
  const auto ware = drawn<kWares>(cell.draw());
  return Value(ware + ", " + drawn<kManners>(cell.draw()) + ", for " + drawn<kRetail>(cell.draw()));
}
Made price(const PreparedColumn&, CellMaker& cell) {
  return Value(static_cast<double>(cell.draw().between(199, 49'999)) / 100);
}

// Six decimals.
template <std::int64_t kLimit>
Made degrees(const PreparedColumn&, CellMaker& cell) {
  constexpr std::int64_t kScale = 1'000'000;
  const auto drawn_degrees = cell.draw().between(-kLimit * kScale, kLimit * kScale);
  return Value(static_cast<double>(drawn_degrees) / static_cast<double>(kScale));
}

std::string characters_from(std::string_view letters, std::size_t count, Draw& draw) {
  std::string text;
  while (text.size() < count) text += letters[draw.below(letters.size())];
  return text;
}
// Crockford's base 32; 26 of them begin with 0 to 7.
Made ulid(const PreparedColumn&, CellMaker& cell) {
  const auto first = std::to_string(cell.draw().below(8));
  return Value(first + characters_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 25, cell.draw()));
}
Made object_id(const PreparedColumn&, CellMaker& cell) {
  return Value(characters_from("0123456789abcdef", 24, cell.draw()));
}
Made password(const PreparedColumn&, CellMaker& cell) {
  return Value(characters_from("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789!#%+", 12,
                               cell.draw()));
}

constexpr auto kCommon = std::to_array<TypeInfo>({
    {"Buzzword", nullptr, any_of_list<kManners>},
    {"Catch Phrase", nullptr, with_manner<kNotions>},
    {"Company Name", nullptr, company},
    {"Country", prepare_country, country<&Country::name>},
    {"Country Code", prepare_country, country<&Country::code>},
    {"Currency", nullptr, country<&Country::currency>},
    {"Currency Code", nullptr, country<&Country::currency_code>},
    {"Department (Corporate)", nullptr, any_of_list<kCorporate>},
    {"Department (Retail)", nullptr, any_of_list<kRetail>},
    {"Fake Company Name", nullptr, company},
    {"Job Title", nullptr, any_of_list<kJobs>},
    {"Language", nullptr, any_of_list<kLanguages>},
    {"Latitude", nullptr, degrees<90>},
    {"Longitude", nullptr, degrees<180>},
    {"MongoDB ObjectID", nullptr, object_id},
    {"Movie Genres", nullptr, any_of_list<kFilmGenres>},
    {"Movie Title", nullptr, film},
    {"Password", nullptr, password},
    {"Product (Grocery)", nullptr, any_of_list<kFoods>},
    {"Product Category", nullptr, any_of_list<kRetail>},
    {"Product Description", nullptr, ware_description},
    {"Product Name", nullptr, with_manner<kWares>},
    {"Product Price", nullptr, price},
    {"Product Subcategory", nullptr, any_of_list<kWares>},
    {"Shirt Size", nullptr, any_of_list<kShirts>},
    {"Slogan", nullptr, with_manner<kNotions>},
    {"Time Zone", nullptr, any_of_list<kZones>},
    {"ULID", nullptr, ulid},
});

}  // namespace

std::span<const TypeInfo> common_types() { return kCommon; }

}  // namespace pim::data::mockaroo
