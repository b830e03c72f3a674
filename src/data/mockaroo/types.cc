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
    "Base64 Image URL",
    "Bitcoin Address",
    "Buzzword",
    "Car Make",
    "Car Model",
    "Car Model Year",
    "Car VIN",
    "Catch Phrase",
    "Company Name",
    "Construction Heavy Equipment",
    "Construction Material",
    "Construction Role",
    "Construction Standard Cost Code",
    "Construction Subcontract Category",
    "Construction Trade",
    "Country",
    "Country Code",
    "Credit Card #",
    "Credit Card Type",
    "Currency",
    "Currency Code",
    "DUNS Number",
    "Department (Corporate)",
    "Department (Retail)",
    "Drug Company",
    "Drug Name (Brand)",
    "Dummy Image URL",
    "EIN",
    "Encrypt",
    "Ethereum Address",
    "Fake Company Name",
    "Family Name (Chinese)",
    "File Name",
    "First Name (European)",
    "Frequency",
    "Gender (Facebook)",
    "Given Name (Chinese)",
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
    "Job Title",
    "Language",
    "Latitude",
    "LinkedIn Skill",
    "Longitude",
    "MIME Type",
    "MongoDB ObjectID",
    "Movie Genres",
    "Movie Title",
    "NHS Number",
    "Nato Phonetic",
    "Naughty String",
    "Password",
    "Password Hash",
    "Plant Common Name",
    "Plant Family",
    "Plant Scientific Name",
    "Product (Grocery)",
    "Product Category",
    "Product Description",
    "Product Name",
    "Product Price",
    "Product Subcategory",
    "Repeating Element",
    "SQL Expression",
    "Scenario",
    "Shirt Size",
    "Slogan",
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
    "Time Zone",
    "Top Level Domain",
    "ULID",
    "University",
    "User Agent",
});

const TypeInfo* within(std::span<const TypeInfo> types, std::string_view name) {
  const auto found = std::ranges::find(types, name, &TypeInfo::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace

const TypeInfo* find_type(std::string_view name) {
  for (const auto types : {plain_types(), coined_types(), health_types()}) {
    if (const auto* found = within(types, name)) return found;
  }
  return nullptr;
}

bool is_mockaroo_type(std::string_view name) {
  return find_type(name) != nullptr || std::ranges::find(kOthers, name) != kOthers.end();
}

}  // namespace pim::data::mockaroo
