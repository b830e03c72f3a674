#include "data/privacy/identifiers.h"

#include <gtest/gtest.h>

namespace pim::data::privacy {
namespace {

TEST(Identifiers, AreKnownByTheirHeaders) {
  for (const auto* header : {"first_name",    "FirstName",      "Last Name",
                             "Nombre",        "APELLIDO",       "ssn",
                             "SSN4",          "E-mail",         "eMail",
                             "Tel\u00E9fono", "street address", "Address Line 2",
                             "MRN",           "Direcci\u00F3n", "Pr\u00E9nom",
                             "Endere\u00E7o", "Stra\u00DFe",    "credit_card",
                             "Notes",         "phone1"}) {
    EXPECT_TRUE(looks_like_identifier(header)) << header;
  }
  for (const auto* header :
       {"Edad", "G\u00E9nero", "state", "named", "phonetic", "zip", "", "icd10", "drug_name",
        "Hospital Name", "discharge status", "birth_date", "amount"}) {
    EXPECT_FALSE(looks_like_identifier(header)) << header;
  }
  EXPECT_TRUE(looks_like_identifier("hospital_phone")) << "a thing's name is no excuse for more";
}

TEST(Identifiers, AreKnownByTheirForm) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"900-12-3456", "a social security number"},
      {"SSN: 900 12 3456.", "a social security number"},
      {"ada@example.org", "an e-mail address"},
      {"(614) 555-0123", "a telephone number"},
      {"+1 614-555-0123", "a telephone number"},
      {"614.555.0123", "a telephone number"},
      {"4111 1111 1111 1111", "a card number"},
      {"1EG4-TE5-MK73", "a Medicare beneficiary number"},
      {"1EG4TE5MK73", "a Medicare beneficiary number"},
      {"https://example.org/x", "a web address"},
      {"192.0.2.17", "an IP address"},
      {"MRN-1234567", "a medical record number"},
  };
  for (const auto& [value, kind] : cases) EXPECT_EQ(identifier_kind(value), kind) << value;
}

TEST(Identifiers, AreNotSeenInWhatTheLabTakes) {
  for (const auto* value :
       {"", "F", "S92.155P", "X111XXS", "00093-1048-01", "00093104801", "9000000015", "$1,234.50",
        "2024-03-04T10:15:00.000Z", "12/31/2023 12:05 AM", "43215-1234", "0DTJ4ZZ", "860975",
        "PRV-000123", "c56a4180-65aa-42ec-a945-5fd21dec0538", "4111 1111 1111 1112",
        "family-medicine", "1.5", "20240304"}) {
    EXPECT_EQ(identifier_kind(value), "") << value;
  }
}

}  // namespace
}  // namespace pim::data::privacy
