#include "data/mockaroo/types.h"

#include <algorithm>
#include <array>

namespace pim::data::mockaroo {
namespace {

// The types on Mockaroo's list that pim does not make.
constexpr auto kOthers = std::to_array<std::string_view>({
    "Airport Code",
    "Airport Continent",
    "Airport Country Code",
    "Airport Elevation (Feet)",
    "Airport GPS Code",
    "Airport Latitude",
    "Airport Longitude",
    "Airport Municipality",
    "Airport Name",
    "Airport Region Code",
    "Animal Common Name",
    "Animal Scientific Name",
    "App Bundle ID",
    "App Name",
    "App Version",
    "Avatar",
    "Bank City",
    "Bank Country Code",
    "Bank LEI",
    "Bank Name",
    "Bank RIAD Code",
    "Bank Routing Number",
    "Bank SWIFT BIC",
    "Bank State",
    "Bank Street Address",
    "Base64 Image URL",
    "Bitcoin Address",
    "Car Make",
    "Car Model",
    "Car Model Year",
    "Car VIN",
    "Construction Heavy Equipment",
    "Construction Material",
    "Construction Role",
    "Construction Standard Cost Code",
    "Construction Subcontract Category",
    "Construction Trade",
    "Credit Card #",
    "Credit Card Type",
    "DUNS Number",
    "Drug Company",
    "Drug Name (Brand)",
    "Dummy Image URL",
    "EIN",
    "Encrypt",
    "Ethereum Address",
    "Family Name (Chinese)",
    "File Name",
    "First Name (European)",
    "Flight Airline Code",
    "Flight Airline Name",
    "Flight Arrival Airport",
    "Flight Arrival Airport Code",
    "Flight Arrival City",
    "Flight Arrival Country",
    "Flight Departure Airport",
    "Flight Departure Airport Code",
    "Flight Departure City",
    "Flight Departure Country",
    "Flight Departure Time",
    "Flight Duration (Hours)",
    "Flight Number",
    "Frequency",
    "Gender (Facebook)",
    "Given Name (Chinese)",
    "HCPCS Code",
    "HCPCS Name",
    "IBAN",
    "ICD9 Diagnosis Code",
    "ICD9 Dx Desc (Long)",
    "ICD9 Dx Desc (Short)",
    "ICD9 Proc Desc (Long)",
    "ICD9 Proc Desc (Short)",
    "ICD9 Procedure Code",
    "IP Address v4 CIDR",
    "IP Address v6 CIDR",
    "ISBN",
    "Language Code",
    "LinkedIn Skill",
    "MIME Type",
    "Mobile Device Brand",
    "Mobile Device Model",
    "Mobile Device OS",
    "Mobile Device Release Date",
    "NHS Number",
    "Nato Phonetic",
    "Naughty String",
    "Password Hash",
    "Plant Common Name",
    "Plant Family",
    "Plant Scientific Name",
    "Repeating Element",
    "SQL Expression",
    "Scenario",
    "Stock Industry",
    "Stock Market",
    "Stock Market Cap",
    "Stock Name",
    "Stock Sector",
    "Stock Symbol",
    "Tezos Account",
    "Tezos Block",
    "Tezos Contract",
    "Tezos Operation",
    "Tezos Signature",
    "Top Level Domain",
    "University",
    "User Agent",
});

const TypeInfo* within(std::span<const TypeInfo> types, std::string_view name) {
  const auto found = std::ranges::find(types, name, &TypeInfo::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace

const TypeInfo* find_type(std::string_view name) {
  for (const auto types : {plain_types(), coined_types(), common_types(), health_types()}) {
    if (const auto* found = within(types, name)) return found;
  }
  return nullptr;
}

bool is_mockaroo_type(std::string_view name) {
  return find_type(name) != nullptr || std::ranges::find(kOthers, name) != kOthers.end();
}

}  // namespace pim::data::mockaroo
