#include "data/privacy/text_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "data/privacy/shapes.h"
#include "data/tables.h"
#include "domain/names.h"
#include "domain/rejection.h"

namespace pim::data::privacy {
namespace {

// The ids of what was found, each once, with a space between.
std::string found_in(std::string_view text, TextRules rules = TextRules::all()) {
  std::vector<TextHit> hits;
  scan_text(text, rules, hits);
  std::set<std::string_view> ids;
  for (const auto& hit : hits) {
    EXPECT_LE(hit.at + hit.size, text.size());
    ids.insert(info(hit.rule).id);
  }
  std::string list;
  for (const auto id : ids) list += (list.empty() ? "" : " ") + std::string(id);
  return list;
}

struct TextCase {
  const char* rules;  // found, and no other
  const char* text;
};

TEST(TextScan, FindsWhatIsSomebodys) {
  const std::vector<TextCase> cases = {
      {"ssn", "219-45-9998"},
      {"ssn", "the number is 219 45 9998, he said"},
      {"ssn", "899.01.0001"},
      {"ssn-bare", "219459998"},
      {"ssn-bare", "(219459998)"},
      {"phone", "614-555-1234"},
      {"phone", "(614) 555-1234"},
      {"phone", "(614)555-1234"},
      {"phone", "614.555.1234"},
      {"phone", "614 555 1234"},
      {"phone", "1-614-555-1234"},
      {"phone", "1.614.555.1234"},
      {"phone", "+1 614 555 1234"},
      {"phone", "+16145551234"},
      {"phone", "+1 (614) 555-1234"},
      {"phone", "+49 30 9018 2233"},
      {"phone", "123-456-7890"},
      {"phone", "Tel.: 555-1234"},
      {"phone", "celular 5551234"},
      {"phone-bare", "6145551234"},
      {"email", "x.q@hospital.org"},
      {"email", "jennifer.smith@gmail.com"},
      {"email", "<x+1@mail.co.uk>"},
      {"email", "x@notexample.com"},
      {"email", "x@example.com.evil.net"},
      {"email", "2194599998@vtext.com"},
      {"url", "see https://example.com/p/1?mary.smith@x.org"},
      {"url", "www.hospital.org"},
      {"url", "s3://bucket/key"},
      {"url", "jdbc:postgresql://10.1.2.3/db"},
      {"ipv4", "from 10.1.2.3"},
      {"ipv4", "10.1.2.3:8080, and more"},
      {"ipv4", "8.8.8.8."},
      {"ipv4", "::ffff:x 172.16.0.1/12"},
      {"ipv6", "2a00:1450:4001:81b::200e"},
      {"ipv6", "[fe80::1]:443"},
      {"ipv6", "2600:1f18:1:2:3:4:5:6"},
      {"ipv6", "::ffff:10.1.2.3"},
      {"card", "4111111111111111"},
      {"card", "4111 1111 1111 1111"},
      {"card", "5500-0000-0000-0004"},
      {"card", "3782 822463 10005"},
      {"card", "6011000990139424"},
      {"mbi", "1EG4TE5MK73"},
      {"mbi", "1EG4-TE5-MK73"},
      {"mbi", "1eg4te5mk73"},
      {"vin", "1M8GDM9AXKP042788"},
      {"vin", "vin=1HGCM82633A004352;"},
      {"mrn", "MRN: 12"},
      {"mrn", "MRN3789956"},
      {"mrn", "patient_mrn=5"},
      {"mrn", "Medical Record No. 5"},
      {"mrn", "medical_record"},
      {"mrn", "chart # 7"},
      {"birth-date", "DOB 1/2/1950"},
      {"birth-date", "d.o.b. 1950"},
      {"birth-date", "date of birth"},
      {"birth-date", "dateOfBirth"},
      {"birth-date", "birth_date"},
      {"birth-date", "born on Monday"},
      {"birth-date", "fecha de nacimiento"},
      {"name", "Jennifer"},
      {"name", "seen by RODRIGUEZ today"},
      {"name", "user_kimberly_2"},
      {"name", "Rodr\u00edguez"},
      {"name", "Mart\u00edn"},
      {"name", "Ann"},
      {"name", "Grace Young"},
      {"name", "Young, Grace"},
      {"name", "\u201cWilliam\u201d"},
      {"zip", "43215-1234"},
      {"zip", "OH 43215"},
      {"zip", "Boise, ID 83702"},
      {"zip", "zip: 43215"},
      {"zip", "Postal Code 43215"},
      {"street", "8089 Orchard Lane"},
      {"street", "350 5th Ave"},
      {"street", "12 N. Main St."},
      {"street", "77 west elm street"},
      {"street", "123 Martin Luther King Blvd, Apt 4"},
      {"street", "P.O. Box 12"},
      {"street", "po box 7"},
      {"email ssn", "219-45-9998 x@hospital.org"},
  };
  for (const auto& each : cases) EXPECT_EQ(found_in(each.text), each.rules) << each.text;
}

TEST(TextScan, LeavesAloneWhatIsNobodys) {
  const std::vector<std::string> texts = {
      "",
      // never issued by the SSA
      "000-12-3456",
      "666-12-3456",
      "900-12-3456",
      "987-65-4320",
      "219-00-9998",
      "219-45-0000",
      "078-05-1120",
      "219-09-9999",
      "000123456",
      "912345678",
      // kept for fiction, and for documents
      "(274) 555-0168",
      "614-555-0100",
      "+1 614 555 0199",
      "6145550100",
      "tel 555-0123",
      "x@example.com",
      "x@mail.example.org",
      "x@lab.test",
      "x@y.invalid",
      "user@localhost",
      "a @ b.c",
      "192.0.2.1",
      "198.51.100.7",
      "203.0.113.200",
      "127.0.0.1:8080",
      "0.0.0.0",
      "::1",
      "[::]:80",
      "2001:db8::7",
      // times, versions, money, codes
      "2025-03-01T10:15:00Z",
      "2025-03-01T10:15:00.219459998Z",
      "2025-03-01 10:15:00+02:00",
      "10:15",
      "12:34:56:78",
      "version 1.2.3.4",
      "Chrome/120.0.0.1",
      "1.2.3",
      "v1.2.3.4",
      "1.3.6.1.4.1",
      "256.1.1.1",
      "$219459998",
      "1,219,459,998",
      "219459998.50",
      "0.219459998",
      "1732526936",
      "1732526936123",
      "1732526936123456789",
      "E11.9",
      "S92.155P",
      "0DTJ4ZZ",
      "G0438",
      "860975",
      "00093104801",
      "16714029901",
      "00093-1048-01",
      "55555-0101-01",
      "9000000015",
      "9012345671",
      "43215",
      "432",
      "OK 12345",
      "took 12345 ms",
      "4111111111111112",    // Luhn
      "1234567812345670",    // Luhn, but no issuer
      "4111 1111 11111111",  // no card is written so
      "1EG4TE5MK7",
      "1SG4TE5MK73",
      "1M8GDM9A1KP042788",  // the check digit is X
      "12345678901234567",
      "4bf92f3577b34da6a3ce929d0e0e4736",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10",
      "41111111-1111-1111-9111-111111111111",
      "21945999-2194-5999-8219-459998219459",
      "deadbeef-abbe-7ade-9eda-abcdefabcdef",
      "PRV-000123",
      "import-0123456789abcdef0123456789abcdef",
      // words
      "std::vector",
      "dead::beef",
      "birth_year",
      "a medical device",
      "chart of the day",
      "a new-born thing",
      "mark the bill as final",
      "page 5 of 9",
      "green",
      "in May or April",
      "ann amy ian",
      "ORA-00942",
      "5 mg twice a day",
      "12 events in place",
      "3 cars on the road",
      "a box 12",
      "20 Tablets",
  };
  for (const auto& text : texts) EXPECT_EQ(found_in(text), "") << text;
}

TEST(TextScan, OneMaskedRuleIsNotReported) {
  EXPECT_EQ(found_in("219459998", kRulesForNumbers), "");
  EXPECT_EQ(found_in("4111111111111111", kRulesForNumbers), "");
  EXPECT_EQ(found_in("6145551234", kRulesForNumbers), "");
  EXPECT_EQ(found_in("219-45-9998", kRulesForNumbers), "ssn");
  EXPECT_EQ(found_in("x@hospital.org", TextRules::all().without(Rule::email)), "");
}

TEST(TextScan, EveryIssuerKeepsItsLengths) {
  EXPECT_TRUE(is_card_number("30569309025904"));
  EXPECT_TRUE(is_card_number("3530111333300000"));
  EXPECT_TRUE(is_card_number("2223003122003222"));
  EXPECT_FALSE(is_card_number("5500000000000"));
  EXPECT_FALSE(is_card_number(""));
}

// No word of the lab is a name, a label, or anything else.
TEST(TextScan, TheLabsVocabularyIsClean) {
  std::vector<std::string> words;
  const auto add = [&](const auto& names) {
    words.insert(words.end(), names.begin(), names.end());
  };
  add(enum_names<Sex>);
  add(enum_names<PatientStatus>);
  add(enum_names<ReferenceStatus>);
  add(enum_names<Specialty>);
  add(enum_names<FacilityKind>);
  add(enum_names<EncounterClass>);
  add(enum_names<EncounterStatus>);
  add(enum_names<Disposition>);
  add(enum_names<ProcedureSystem>);
  add(enum_names<DoseUnit>);
  add(enum_names<Route>);
  add(enum_names<SourceKind>);
  add(enum_names<ChargeCategory>);
  add(enum_names<BillStatus>);
  add(kCommandNames);
  add(kEventTypes);
  for (const auto& rejection : rejection_catalogue()) words.emplace_back(rejection.type);
  for (const auto& table : all_tables()) {
    words.emplace_back(table.name);
    for (const auto& column : table.columns) {
      words.emplace_back(column.name);
      words.emplace_back(column.form);
    }
  }
  words.insert(words.end(), {"entered-in-error", "duplicate", "wrong-patient", "north-health",
                             "south-health", "us-east", "registrar", "clinician", "auditor"});
  EXPECT_GT(words.size(), 200U);
  for (const auto& word : words) EXPECT_EQ(found_in(word), "") << word;
}

// Every byte string is a text: nothing crashes, and no hit leaves it.
TEST(TextScan, TakesAnyBytes) {
  constexpr unsigned kSeed = 20251125;
  std::mt19937_64 random(kSeed);
  std::string alphabet =
      "0123456789-. ():/@+$,_#'aAbBfFxXzZ\xC3\xA9\xC2\xE2\x80\xFF\nmrn SSN dob www. Ann 5th Ave "
      ":: ";
  alphabet.push_back('\0');
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, ' ');
    for (auto& c : text) c = alphabet[random() % alphabet.size()];
    found_in(text);
    found_in(text, kRulesForImports);
    if (testing::Test::HasFailure()) FAIL() << "seed " << kSeed << " round " << round;
  }
}

// Digits, letters and hyphens of ids, drawn: what stands in the lab's files and traces by the
// million must not look like anything.
TEST(TextScan, IdsAndHashesGiveNoFalseAlarm) {
  constexpr unsigned kSeed = 7;
  std::mt19937_64 random(kSeed);
  const auto hex = [&](std::size_t digits) {
    std::string text;
    while (text.size() < digits) text += "0123456789abcdef"[random() % 16];
    return text;
  };
  for (int i = 0; i < 100'000; ++i) {
    const auto id = uuid_v7(static_cast<std::int64_t>(random() % (1ULL << 41)), random(), random());
    EXPECT_EQ(found_in(id.to_string()), "") << id.to_string();
    const auto digest = hex(64);
    EXPECT_EQ(found_in(digest), "") << digest;
    const auto trace = hex(32);
    EXPECT_EQ(found_in(trace), "") << trace;
    if (testing::Test::HasFailure()) FAIL() << "seed " << kSeed << " round " << i;
  }
}

}  // namespace
}  // namespace pim::data::privacy
