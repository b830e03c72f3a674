// Names of people and places that we made up, for values that must be nobody's.
#pragma once

#include <array>
#include <string_view>

namespace pim::data::mockaroo {

inline constexpr auto kCoinedWomen = std::to_array<std::string_view>(
    {"Aldwyna",    "Brisolde",  "Caelithra", "Dovienne",  "Elowisse",  "Faylinda",
     "Gwenthora",  "Hestaline", "Isolquith", "Jorvanna",  "Kestriel",  "Lunavere",
     "Mirelith",   "Nerissale", "Orindelle", "Perivanna", "Quenalise", "Rosmerith",
     "Sylvarenne", "Tamsolyn",  "Undriel",   "Vespella",  "Wrenlise",  "Ysmarelle"});
inline constexpr auto kCoinedMen = std::to_array<std::string_view>(
    {"Aldrithan",  "Bramwick",  "Corvandel", "Dunstrel",  "Edrisolt",  "Farlowen",
     "Garrimond",  "Hollisend", "Ithmarek",  "Jorrivane", "Kelstrand", "Lorivand",
     "Merrivale",  "Norrisend", "Osmerick",  "Peregrath", "Quillivan", "Rodrimar",
     "Sylvestrin", "Tormandel", "Ulvering",  "Vandrimor", "Wystrand",  "Yorrimund"});
inline constexpr auto kCoinedFamilies = std::to_array<std::string_view>(
    {"Larkspurre",  "Quillfeather", "Oakhangar",   "Inglebrooke", "Thistlemere", "Marrowby",
     "Fennimoore",  "Greywether",   "Hollowmere",  "Brackenfell", "Copperwhit",  "Dunnelock",
     "Eddlesworth", "Foxendale",    "Gorsewick",   "Hazelrigg",   "Ivorthwaite", "Jessamont",
     "Kettlebeck",  "Lindenquist",  "Mossgrave",   "Nettlefold",  "Orchardine",  "Pebblewick",
     "Quarrendon",  "Rushmoore",    "Sallowfield", "Tarnbrooke",  "Underhythe",  "Vinterholm",
     "Wickerdale",  "Yarrowgate"});
inline constexpr auto kCoinedStreets = std::to_array<std::string_view>(
    {"Orchardine", "Meadowlark", "Thistledown", "Copperleaf", "Fernhollow", "Gorsewick",
     "Hazelrigg", "Lindenmere", "Mossgrave", "Pebblewick", "Rushbrooke", "Wickerdale"});
inline constexpr auto kStreetKinds = std::to_array<std::string_view>(
    {"Street", "Road", "Lane", "Avenue", "Court", "Drive", "Way", "Terrace"});
inline constexpr auto kCoinedHospitals = std::to_array<std::string_view>(
    {"Thistlemere General Hospital", "Oakhangar Clinic", "Fernhollow Urgent Care",
     "Quarrendon Memorial Hospital", "Lindenmere Children's Hospital", "Mossgrave Care Center",
     "Copperleaf Regional Medical Center", "Underhythe Health Center"});

// Coined cities in real states. One lies in an area of 20,000 people or fewer.
struct CoinedPlace {
  std::string_view city;
  std::string_view state;
  std::string_view abbreviation;
  std::string_view zip3;
};
inline constexpr auto kCoinedPlaces = std::to_array<CoinedPlace>({
    {"Brackenfell Falls", "Ohio", "OH", "432"},
    {"Copperwhit", "Ohio", "OH", "441"},
    {"Dunnelock", "New York", "NY", "146"},
    {"Eddlesworth", "New York", "NY", "100"},
    {"Foxendale", "Texas", "TX", "770"},
    {"Gorsewick", "Texas", "TX", "787"},
    {"Hollowmere", "California", "CA", "900"},
    {"Inglebrooke", "California", "CA", "941"},
    {"Kettlebeck", "Florida", "FL", "331"},
    {"Lindenmere", "Illinois", "IL", "606"},
    {"Mossgrave", "Washington", "WA", "981"},
    {"Nettlefold", "Georgia", "GA", "303"},
    {"Pebblewick", "Colorado", "CO", "802"},
    {"Quarrendon", "Minnesota", "MN", "554"},
    {"Sallowfield", "Wyoming", "WY", "821"},  // one of the sparse areas: 000 to an importer
    {"Tarnbrooke", "Massachusetts", "MA", "021"},
});

}  // namespace pim::data::mockaroo
