// What an import and the privacy check say of the same value, side by side.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/privacy/identifiers.h"
#include "data/privacy/text_scan.h"

namespace pim::data::privacy {
namespace {

// The ids of the rules that find something, each once, with a space between.
std::string rules_that_find(std::string_view text) {
  std::vector<TextHit> hits;
  scan_text(text, TextRules::all(), hits);
  std::set<std::string_view> ids;
  for (const auto& hit : hits) ids.insert(info(hit.rule).id);
  std::string list;
  for (const auto id : ids) list += (list.empty() ? "" : " ") + std::string(id);
  return list;
}

struct BothCase {
  std::string_view value;
  std::string_view kind;   // on import; empty: it is taken
  std::string_view rules;  // of the privacy check; empty: it passes
};

constexpr std::string_view kSsn = "a social security number";
constexpr std::string_view kPhone = "a telephone number";
constexpr std::string_view kEmail = "an e-mail address";
constexpr std::string_view kUrl = "a web address";
constexpr std::string_view kIp = "an IP address";
constexpr std::string_view kCard = "a card number";
constexpr std::string_view kMbi = "a Medicare beneficiary number";
constexpr std::string_view kMrn = "a medical record number";
constexpr std::string_view kVin = "a vehicle identification number";
constexpr std::string_view kStreet = "a street address";

void expect_all(const std::vector<BothCase>& cases) {
  for (const auto& each : cases) {
    EXPECT_EQ(identifier_kind(each.value), each.kind) << "import: " << each.value;
    EXPECT_EQ(rules_that_find(each.value), each.rules) << "check: " << each.value;
  }
}

TEST(IdentifiersTable, SocialSecurityNumbers) {
  expect_all({
      {"219-45-9998", kSsn, "ssn"},
      {"219 45 9998", kSsn, "ssn"},
      {"SSN: 219 45 9998.", kSsn, "ssn"},
      {"899.01.0001", kSsn, "ssn"},
      {"219459998", "", "ssn-bare"},
      // never issued
      {"900-12-3456", kSsn, ""},
      {"SSN: 900 12 3456.", kSsn, ""},
      {"000-12-3456", kSsn, ""},
      {"666-12-3456", kSsn, ""},
      {"219-00-9998", kSsn, ""},
      {"078-05-1120", kSsn, ""},
      // part of something longer
      {"1-219-45-9998", kSsn, ""},
      {"219-45-9998-7", kSsn, ""},
      {"219-45-9998.5", kSsn, ""},
      {"id/219-45-9998/x", kSsn, "ssn"},
      {"1.2.3.781 55 1234", kSsn, ""},
      {"A219-45-9998", "", ""},
      {"219-45-9998A", "", ""},
      {"219-45 9998", "", ""},
      {"\u00C9219-45-9998", kSsn, ""},
      {"219-45-9998\u00E9", kSsn, ""},
  });
}

TEST(IdentifiersTable, TelephoneNumbers) {
  expect_all({
      {"(614) 555-1234", kPhone, "phone"},
      {"(614)555-1234", kPhone, "phone"},
      {"614-555-1234", kPhone, "phone"},
      {"614.555.1234", kPhone, "phone"},
      {"614 555 1234", kPhone, "phone"},
      {"+1 614-555-1234", kPhone, "phone"},
      {"1-614-555-1234", kPhone, "phone"},
      {"call 614-555-1234 now", kPhone, "phone"},
      {"123-456-7890", kPhone, "phone"},
      // kept for fiction
      {"(614) 555-0123", kPhone, ""},
      {"614-555-0123", kPhone, ""},
      {"+1 614-555-0123", kPhone, ""},
      {"614.555.0123", kPhone, ""},
      // no such area: three numbers, perhaps
      {"123 456 7890", kPhone, ""},
      {"(614)-555-1234", kPhone, "phone"},
      {"614-555.1234", kPhone, "phone"},
      {"+49 30 9018 2233", kPhone, "phone"},
      {"+16145551234", kPhone, "phone"},
      {"+4930901820", kPhone, "phone"},
      {"Tel.: 555-1234", kPhone, "phone"},
      {"Tel\u00E9fono 5551234", kPhone, "phone"},
      {"Celular 5551234", kPhone, "phone"},
      {"tel 555-0123", kPhone, ""},
      {"6145551234", "", "phone-bare"},
      {"6145550123", "", ""},
      {"x614-555-1234", "", ""},
      {"614-555-12345", "", ""},
      {"614-555-1234-5", kPhone, ""},
      {"22-614-555-1234", kPhone, ""},
      {"2.614.555.1234", kPhone, ""},
      {"(614) 555-1234\u00E9", kPhone, ""},
  });
}

TEST(IdentifiersTable, Addresses) {
  expect_all({
      {"ada@hospital.org", kEmail, "email"},
      {"ada lovelace <ada@mail.co.uk>", kEmail, "email"},
      {"ada@example.org", kEmail, ""},
      {"ada@lab.test", kEmail, ""},
      {"a@b.co", kEmail, "email"},
      {"ada@x.y", kEmail, ""},
      {"ada@a_b.org", kEmail, ""},
      {"ada @hospital.org", "", ""},
      {"ada@localhost", "", ""},
      {"ada@hospital.2", "", ""},
      {"https://hospital.org/x", kUrl, "url"},
      {"see https://hospital.org/x", kUrl, "url"},
      {"www.hospital.org", kUrl, "url"},
      {"see www.hospital.org", kUrl, "url"},
      {"WWW.hospital.org", kUrl, "url"},
      {"s3://bucket/key", kUrl, "url"},
      {"://hospital.org", kUrl, ""},
      {"10.1.2.3", kIp, "ipv4"},
      {"192.0.2.17", kIp, ""},
      {"127.0.0.1", kIp, ""},
      {"256.300.1.1", kIp, ""},
      {"010.001.002.003", kIp, ""},
      {"10.1.2.3:8080", kIp, "ipv4"},
      {"192.0.2.17:8080", kIp, ""},
      {"10.1.2.3.4", "", ""},
      {"2a00:1450:4001:81b::200e", kIp, "ipv6"},
      {"2001:db8::7", kIp, ""},
      {"::1", "", ""},
      {"8089 Orchard Lane", kStreet, "street"},
      {"P.O. Box 12", kStreet, "street"},
  });
}

TEST(IdentifiersTable, NumbersOfCardsPatientsAndVehicles) {
  expect_all({
      {"4111111111111111", kCard, "card"},
      {"4111 1111 1111 1111", kCard, "card"},
      {"4111-1111-1111-1111", kCard, "card"},
      {"3782 822463 10005", kCard, "card"},
      {"card 4111111111111111", kCard, "card"},
      {"1234567812345670", kCard, ""},
      {"41 11 11 11 11 11 11 11", kCard, ""},
      {"4111 1111 1111 1112", "", ""},
      {"1EG4TE5MK73", kMbi, "mbi"},
      {"1EG4-TE5-MK73", kMbi, "mbi"},
      {"no. 1EG4-TE5-MK73", kMbi, "mbi"},
      {"1eg4te5mk73", kMbi, "mbi"},
      {"1SG4TE5MK73", kMbi, ""},
      {"0EG4TE5MK73", kMbi, ""},
      {"1EG4TE5MK73\u00E9", kMbi, ""},
      {"1EG4TE5MK7", "", ""},
      {"1EG4TE5MK73A", "", ""},
      {"MRN-1234567", kMrn, "mrn"},
      {"MRN3789956", kMrn, "mrn"},
      {"MRN1", "", "mrn"},
      {"mrn 12345", kMrn, "mrn"},
      {"MRNA5678", kMrn, ""},
      {"BNT162 MRNA", "", ""},
      {"Medical Record No. 5", kMrn, "mrn"},
      {"1M8GDM9AXKP042788", kVin, "vin"},
  });
}

// Foreign data are of people: what an import reads, or drops by its column, must not be refused by
// its form.
TEST(IdentifiersTable, WhatAnImportTakes) {
  expect_all({
      {"", "", ""},
      {"F", "", ""},
      {"OH", "", ""},
      {"true", "", ""},
      // dates and times
      {"2024-03-04T10:15:00.000Z", "", ""},
      {"2024-03-04T10:15:00.219459998Z", "", ""},
      {"2024-03-04 10:15:00.123 +02:00", "", ""},
      {"12/31/2023 12:05 AM", "", ""},
      {"12-31-2023", "", ""},
      {"31.12.2023", "", ""},
      {"31.12.2023 10:15", "", ""},
      {"2023.12.31.10.15.00", "", ""},
      {"20240304", "", ""},
      {"20240304101500", "", ""},
      {"20240304101502", kCard, ""},  // as one in ten: its last digit is a check digit, too
      {"04-Mar-2024", "", ""},
      {"Mon Mar 4 10:15:00 +0000 2024", "", ""},
      {"born on 3/4/1950", "", "birth-date"},
      {"DOB 03/04/1950", "", "birth-date"},
      {"March 4, 1950", "", ""},
      // amounts and numbers
      {"$1,234.50", "", ""},
      {"$219459998", "", ""},
      {"219459998.50", "", ""},
      {"1,219,459,998", "", ""},
      {"1 234 567,89", "", ""},
      {"1.234.567,89", "", ""},
      {"-1234567890.55", "", ""},
      {"+1234567890.55", "", "phone"},
      {"+12 345 678.90", "", "phone"},
      {"123 456.7890", "", "phone"},
      {"$781.094.942.726,09", "", ""},
      {"1732526936", "", ""},
      {"123 45", "", ""},
      {"1.5", "", ""},
      // codes of the domain
      {"S92.155P", "", ""},
      {"S92155P", "", ""},
      {"X111XXS", "", ""},
      {"0DTJ4ZZ", "", ""},
      {"G0438", "", ""},
      {"860975", "", ""},
      {"00093-1048-01", "", ""},
      {"0093-1048-01", "", ""},
      {"00093-104-01", "", ""},
      {"00093104801", "", ""},
      {"PRV-000123", "", ""},
      {"family-medicine", "", ""},
      {"c56a4180-65aa-42ec-a945-5fd21dec0538", "", ""},
      {"41111111-1111-1111-9111-111111111111", "", ""},
      {"900-12", "", ""},
      // NPIs: synthetic ones, and such as a real provider has
      {"9000000015", "", ""},
      {"1234567893", "", ""},
      {"2012345676", "", "phone-bare"},
      {"2345678909", "", "phone-bare"},
      // ZIP codes, which become three digits
      {"43215", "", ""},
      {"43215-1234", "", "zip"},
      {"OH 43215", "", "zip"},
      // names: of people, too, but also of states and drugs; their columns' headers give them away
      {"Jennifer", "", "name"},
      {"Virginia", "", ""},
      {"North Carolina", "", ""},
      {"Grace Young", "", "name"},
      // words
      {"ORA-00942", "", ""},
      {"500 mg twice a day", "", ""},
      {"24 HR metformin 500 MG Oral Tablet", "", ""},
      {"10.5 MG/ML", "", ""},
      {"a medical device", "", ""},
      {"version 1.2.3.4", "", ""},
  });
}

TEST(IdentifiersTable, EveryRuleOfAnImportSaysWhatItFound) {
  for (const auto& rule : all_rules()) {
    const bool asked = is_text_rule(rule.rule) && kRulesForImports.has(rule.rule);
    EXPECT_EQ(rule.kind.empty(), !asked) << rule.id;
  }
}

}  // namespace
}  // namespace pim::data::privacy
