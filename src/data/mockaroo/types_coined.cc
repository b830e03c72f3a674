// People, places and addresses that are nobody's.
#include <algorithm>
#include <array>

#include "data/mockaroo/coined.h"
#include "data/mockaroo/formula_text.h"
#include "data/mockaroo/options.h"
#include "data/mockaroo/types.h"

namespace pim::data::mockaroo {
namespace {

// One person a row, whichever columns show it.
struct Person {
  bool woman = false;
  std::string first;
  std::string last;
  std::uint64_t gender = 0;  // of 20
};

template <std::size_t kSize>
std::string one_of(const std::array<std::string_view, kSize>& list, Draw& draw) {
  return std::string(list[draw.below(kSize)]);
}

Person person(const CellMaker& cell) {
  Draw draw = cell.shared("person");
  Person made;
  made.woman = draw.below(2) == 0;
  made.first = made.woman ? one_of(kCoinedWomen, draw) : one_of(kCoinedMen, draw);
  made.last = one_of(kCoinedFamilies, draw);
  made.gender = draw.below(20);
  return made;
}

Made first_name(const PreparedColumn&, CellMaker& cell) { return Value(person(cell).first); }
Made last_name(const PreparedColumn&, CellMaker& cell) { return Value(person(cell).last); }
Made full_name(const PreparedColumn&, CellMaker& cell) {
  const auto who = person(cell);
  return Value(who.first + " " + who.last);
}
Made woman_name(const PreparedColumn&, CellMaker& cell) {
  return Value(one_of(kCoinedWomen, cell.draw()));
}
Made man_name(const PreparedColumn&, CellMaker& cell) {
  return Value(one_of(kCoinedMen, cell.draw()));
}
// One in ten is neither.
Made gender(const PreparedColumn&, CellMaker& cell) {
  const auto who = person(cell);
  if (who.gender == 0) return Value("Non-binary");
  if (who.gender == 1) return Value("Genderqueer");
  return Value(who.woman ? "Female" : "Male");
}
Made gender_binary(const PreparedColumn&, CellMaker& cell) {
  return Value(person(cell).woman ? "Female" : "Male");
}
Made gender_letter(const PreparedColumn&, CellMaker& cell) {
  return Value(person(cell).woman ? "F" : "M");
}
Made title(const PreparedColumn&, CellMaker& cell) {
  constexpr auto kTitles = std::to_array<std::string_view>({"Mr", "Ms", "Mrs", "Dr", "Rev"});
  return Value(one_of(kTitles, cell.draw()));
}
Made suffix(const PreparedColumn&, CellMaker& cell) {
  constexpr auto kSuffixes = std::to_array<std::string_view>({"Jr", "Sr", "II", "III", "IV"});
  return Value(one_of(kSuffixes, cell.draw()));
}
Made race(const PreparedColumn&, CellMaker& cell) {
  constexpr auto kRaces = std::to_array<std::string_view>(
      {"White", "Black or African American", "Asian", "Native American", "Pacific Islander",
       "Hispanic or Latino", "Other"});
  return Value(one_of(kRaces, cell.draw()));
}

// RFC 2606: these domains are nobody's.
std::string domain(Draw& draw) {
  constexpr auto kDomains =
      std::to_array<std::string_view>({"example.com", "example.org", "example.net"});
  return one_of(kDomains, draw);
}
std::string user(const CellMaker& cell) {
  const auto who = person(cell);
  return lower_case(who.first.substr(0, 1) + who.last) + std::to_string(cell.row() + 1);
}
Made email(const PreparedColumn&, CellMaker& cell) {
  return Value(user(cell) + "@" + domain(cell.draw()));
}
Made username(const PreparedColumn&, CellMaker& cell) { return Value(user(cell)); }
Made domain_name(const PreparedColumn&, CellMaker& cell) { return Value(domain(cell.draw())); }
void prepare_url(Options& options, PreparedColumn&) {
  for (const auto* key : {"includeProtocol", "includeHost", "includePath", "includeQueryString"}) {
    options.take(key);
  }
}
Made url(const PreparedColumn&, CellMaker& cell) {
  return Value("https://" + domain(cell.draw()) + "/" + std::to_string(cell.draw().below(10'000)));
}

// Area numbers from 900 are never issued; these groups are no taxpayers' numbers either.
Made ssn(const PreparedColumn&, CellMaker& cell) {
  Draw& draw = cell.draw();
  const auto group = std::to_string(100 + draw.between(1, 49)).substr(1);
  return Value(std::to_string(draw.between(900, 999)) + "-" + group + "-" +
               std::to_string(draw.between(1000, 9999)));
}

// 555-0100 to 555-0199 are reserved for fiction.
void prepare_phone(Options& options, PreparedColumn& into) {
  into.format = options.text("format", "###-###-####");
  const auto signs = std::ranges::count(into.format, '#');
  if (signs != 10 && signs != 11) options.error("format", "must have ten or eleven #");
}
Made phone(const PreparedColumn& column, CellMaker& cell) {
  Draw& draw = cell.draw();
  const auto area = draw.between(200, 989);
  std::string digits =
      std::to_string(area) + "55501" + std::to_string(draw.between(100, 199)).substr(1);
  if (std::ranges::count(column.format, '#') == 11) digits.insert(0, 1, '1');
  std::string text;
  std::size_t next = 0;
  for (const char c : column.format) text += c == '#' ? digits[next++] : c;
  return Value(std::move(text));
}

const CoinedPlace& place(const CellMaker& cell) {
  return kCoinedPlaces[cell.shared("place").below(kCoinedPlaces.size())];
}
Made city(const PreparedColumn&, CellMaker& cell) { return Value(std::string(place(cell).city)); }
Made state(const PreparedColumn&, CellMaker& cell) { return Value(std::string(place(cell).state)); }
Made state_letters(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(place(cell).abbreviation));
}
Made postal_code(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(place(cell).zip3) +
               std::to_string(100 + cell.draw().below(100)).substr(1));
}
// Our places all lie in the United States.
void prepare_place(Options& options, PreparedColumn&) {
  options.take("onlyUSPlaces");
  options.take("countries");
  options.take("states");
}
Made street_number(const PreparedColumn&, CellMaker& cell) {
  return Value(std::to_string(cell.draw().between(1, 99'999)));
}
Made street_name(const PreparedColumn&, CellMaker& cell) {
  return Value(one_of(kCoinedStreets, cell.draw()));
}
Made street_suffix(const PreparedColumn&, CellMaker& cell) {
  return Value(one_of(kStreetKinds, cell.draw()));
}
Made street_address(const PreparedColumn&, CellMaker& cell) {
  Draw& draw = cell.draw();
  return Value(std::to_string(draw.between(1, 9999)) + " " + one_of(kCoinedStreets, draw) + " " +
               one_of(kStreetKinds, draw));
}
Made address_line_2(const PreparedColumn&, CellMaker& cell) {
  constexpr auto kKinds = std::to_array<std::string_view>({"Apt", "Suite", "Room"});
  return Value(one_of(kKinds, cell.draw()) + " " + std::to_string(cell.draw().between(1, 999)));
}

// RFC 5737, RFC 3849, RFC 7042: kept for documentation.
Made ip4(const PreparedColumn&, CellMaker& cell) {
  constexpr auto kNets = std::to_array<std::string_view>({"192.0.2.", "198.51.100.", "203.0.113."});
  return Value(one_of(kNets, cell.draw()) + std::to_string(cell.draw().between(1, 254)));
}
std::string hex4(Draw& draw) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 4; ++i) text += kHex[draw.below(16)];
  return text;
}
Made ip6(const PreparedColumn&, CellMaker& cell) {
  return Value("2001:db8:" + hex4(cell.draw()) + "::" + hex4(cell.draw()));
}
Made mac(const PreparedColumn&, CellMaker& cell) {
  return Value("00-00-5E-00-53-" + upper_case(hex4(cell.draw()).substr(2)));
}

constexpr auto kCoined = std::to_array<TypeInfo>({
    {"First Name", nullptr, first_name},
    {"First Name (Female)", nullptr, woman_name},
    {"First Name (Male)", nullptr, man_name},
    {"Last Name", nullptr, last_name},
    {"Full Name", nullptr, full_name},
    {"Gender", nullptr, gender},
    {"Gender (abbrev)", nullptr, gender_letter},
    {"Gender (Binary)", nullptr, gender_binary},
    {"Title", nullptr, title},
    {"Suffix", nullptr, suffix},
    {"Race", nullptr, race},
    {"Email Address", nullptr, email},
    {"Username", nullptr, username},
    {"Domain Name", nullptr, domain_name},
    {"URL", prepare_url, url},
    {"SSN", nullptr, ssn},
    {"Phone", prepare_phone, phone},
    {"City", prepare_place, city},
    {"State", prepare_place, state},
    {"State (abbrev)", prepare_place, state_letters},
    {"Postal Code", prepare_place, postal_code},
    {"Street Number", nullptr, street_number},
    {"Street Name", nullptr, street_name},
    {"Street Suffix", nullptr, street_suffix},
    {"Street Address", nullptr, street_address},
    {"Address Line 2", nullptr, address_line_2},
    {"IP Address v4", nullptr, ip4},
    {"IP Address v6", nullptr, ip6},
    {"MAC Address", nullptr, mac},
});

}  // namespace

std::span<const TypeInfo> coined_types() { return kCoined; }

}  // namespace pim::data::mockaroo
