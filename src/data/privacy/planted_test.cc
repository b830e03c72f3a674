// One violation a rule, planted in files that are clean otherwise: each is found by its own rule
// and by no other. The clean files give nothing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "data/privacy/clean_tables_testing.h"
#include "data/privacy/verify.h"

namespace pim::data::privacy {
namespace {

struct Plant {
  Rule rule;
  std::string what;
  std::function<void(CleanTables&)> spoil;                     // before the files are written
  std::function<void(const std::string&)> spoil_on_disk = {};  // after; the directory is given
};

class PlantedTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(directory_); }
  Report verify(const VerifyOptions& options = {.present_year = 2026}) {
    auto report = verify_files({directory_}, options);
    EXPECT_TRUE(report.ok());
    return report ? std::move(*report) : Report{};
  }
  std::string directory_ = testing::TempDir() + "privacy-" + std::to_string(::getpid()) + "-" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
};

std::string rules_of(const Report& report) {
  std::set<std::string_view> ids;
  for (const auto& finding : report.findings()) ids.insert(info(finding.rule).id);
  std::string list;
  for (const auto id : ids) list += (list.empty() ? "" : " ") + std::string(id);
  return list;
}

// A text where a specialty should stand.
Plant text_plant(Rule rule, std::string text) {
  return {rule, text, [text](CleanTables& t) { t.cell("providers", 1, "specialty") = text; }};
}

Plant cell_plant(Rule rule, std::string table, std::string column, std::string text) {
  return {rule, table + "." + column + " = " + text,
          [=](CleanTables& t) { t.cell(table, 0, column) = text; }};
}

void replace_in_file(const std::string& path, const std::string& from, const std::string& to) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  auto content = text.str();
  const auto at = content.find(from);
  ASSERT_NE(at, std::string::npos) << from << " is not in " << path;
  content.replace(at, from.size(), to);
  std::ofstream(path, std::ios::binary) << content;
}

constexpr const char* kNobody = "018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10";

std::vector<Plant> text_plants() {
  return {
      text_plant(Rule::ssn, "219-45-9998"),
      text_plant(Rule::ssn_bare, "219459998"),
      text_plant(Rule::phone, "(614) 555-1234"),
      text_plant(Rule::phone_bare, "6145551234"),
      text_plant(Rule::email, "x@hospital.org"),
      text_plant(Rule::url, "https://hospital.org/p/7"),
      text_plant(Rule::ipv4, "10.1.2.3"),
      text_plant(Rule::ipv6, "fe80::1"),
      text_plant(Rule::card, "4111 1111 1111 1111"),
      text_plant(Rule::mbi, "1EG4-TE5-MK73"),
      text_plant(Rule::vin, "1M8GDM9AXKP042788"),
      text_plant(Rule::mrn, "MRN-3789956"),
      text_plant(Rule::birth_date, "DOB 5/14/1949"),
      text_plant(Rule::name, "Jennifer Smith"),
      text_plant(Rule::zip, "43215-1234"),
      text_plant(Rule::street, "8089 Orchard Lane"),
      cell_plant(Rule::zip, "patients", "zip3", "43215"),
  };
}

std::vector<Plant> cell_plants() {
  return {
      cell_plant(Rule::cell_missing, "patients", "sex", ""),
      cell_plant(Rule::cell_form, "encounters", "admitted_at", "3/1/2025 10:15 AM"),
      cell_plant(Rule::cell_form, "procedures", "code", "99213"),
      cell_plant(Rule::free_text, "providers", "specialty", "see the chart"),
      cell_plant(Rule::zip3_sparse, "patients", "zip3", "036"),
      cell_plant(Rule::npi_real, "providers", "npi", "1234567893"),
      cell_plant(Rule::npi_check_digit, "facilities", "npi", "9000000010"),
      cell_plant(Rule::age_90, "patients", "birth_year", "1934"),
      {Rule::column_unknown, "a column",
       [](CleanTables& t) {
         t.header("patients").emplace_back("note");
         for (auto& row : t.rows("patients")) row.emplace_back("x");
       }},
      {Rule::column_missing, "no sex",
       [](CleanTables& t) {
         t.header("patients").erase(t.header("patients").begin() + 2);
         for (auto& row : t.rows("patients")) row.erase(row.begin() + 2);
       }},
      {Rule::row_malformed, "a value too many",
       [](CleanTables& t) { t.rows("diagnoses")[3].emplace_back("x"); }},
  };
}

std::vector<Plant> row_plants() {
  const auto copy = [](std::string table, std::string column) {
    return [=](CleanTables& t) { t.cell(table, 1, column) = t.cell(table, 0, column); };
  };
  // the first patient's first encounter is an inpatient one of a day and more, and final
  return {
      {Rule::id_duplicate, "a patient twice",
       [](CleanTables& t) { t.rows("patients").push_back(t.rows("patients").front()); }},
      {Rule::id_duplicate, "a charge twice", copy("billing", "charge_id")},
      cell_plant(Rule::reference_missing, "encounters", "provider_id", kNobody),
      cell_plant(Rule::reference_missing, "diagnoses", "patient_id", kNobody),
      {Rule::reference_missing, "a source that is not there",
       [](CleanTables& t) { t.cell("billing", 1, "source_id") = kNobody; }},
      {Rule::alias_duplicate, "PRV", copy("providers", "alias")},
      {Rule::npi_duplicate, "a provider with a facility's",
       [](CleanTables& t) { t.cell("providers", 0, "npi") = t.cell("facilities", 1, "npi"); }},
      {Rule::death_before_birth, "dead first",
       [](CleanTables& t) {
         t.cell("patients", 0, "birth_year") = "1950";
         t.cell("patients", 0, "deceased_year") = "1949";
       }},
      cell_plant(Rule::before_birth, "patients", "birth_year", "2027"),
      cell_plant(Rule::after_death, "patients", "deceased_year", "2022"),
      {Rule::discharge_before_admission, "a discharge",
       [](CleanTables& t) { t.cell("encounters", 0, "discharged_at") = "2022-12-31T00:00:00Z"; }},
      cell_plant(Rule::discharge_incomplete, "encounters", "disposition", ""),
      {Rule::inpatient_twice, "two open stays of one patient",
       [](CleanTables& t) {
         for (const std::size_t row : {0, 1}) {
           t.cell("encounters", row, "class") = "inpatient";
           t.cell("encounters", row, "discharged_at") = "";
           t.cell("encounters", row, "disposition") = "";
         }
         for (std::size_t row = 0; row < 6; ++row) t.cell("billing", row, "status") = "open";
       }},
      {Rule::patient_of_encounter, "another patient's diagnosis",
       [](CleanTables& t) {
         t.cell("diagnoses", 0, "patient_id") = t.cell("patients", 3, "patient_id");
       }},
      cell_plant(Rule::time_outside_encounter, "diagnoses", "recorded_at", "2023-01-01T00:00:00Z"),
      cell_plant(Rule::time_outside_encounter, "medications", "start", "2022-06-01T00:00:00Z"),
      {Rule::rank_one_twice, "rank 1",
       [](CleanTables& t) { t.cell("diagnoses", 1, "rank") = "1"; }},
      {Rule::code_twice, "with and without its dot",
       [](CleanTables& t) {
         t.cell("diagnoses", 0, "icd10cm") = "E11.9";
         t.cell("diagnoses", 1, "icd10cm") = "E119";
       }},
      {Rule::pcs_needs_inpatient, "an ambulatory operation",
       [](CleanTables& t) {
         t.cell("procedures", 1, "system") = "PCS";
         t.cell("procedures", 1, "code") = "0DTJ4ZZ";
       }},
      {Rule::procedure_code, "a HCPCS code as PCS",
       [](CleanTables& t) { t.cell("procedures", 0, "code") = "G0438"; }},
      {Rule::stop_before_start, "a stop",
       [](CleanTables& t) { t.cell("medications", 0, "stop") = "2022-01-01T00:00:00Z"; }},
      cell_plant(Rule::amount, "billing", "amount_cents", "12345"),
      cell_plant(Rule::amount, "billing", "unit_cents", "9007199254740991"),
      {Rule::second_bill, "a second bill of the encounter",
       [](CleanTables& t) {
         t.cell("billing", 2, "bill_id") = kNobody;
         t.cell("billing", 2, "line_no") = "1";
       }},
      {Rule::line_numbers, "a gap", [](CleanTables& t) { t.cell("billing", 2, "line_no") = "4"; }},
      {Rule::line_numbers, "a line twice",
       [](CleanTables& t) { t.cell("billing", 1, "line_no") = "1"; }},
      {Rule::bill_status, "open and final",
       [](CleanTables& t) { t.cell("billing", 1, "status") = "open"; }},
      {Rule::final_before_discharge, "a final bill of an open encounter",
       [](CleanTables& t) {
         t.cell("encounters", 0, "discharged_at") = "";
         t.cell("encounters", 0, "disposition") = "";
       }},
      {Rule::source_of_other_encounter, "the next one's procedure",
       [](CleanTables& t) {
         t.cell("billing", 1, "source_id") = t.cell("procedures", 5, "procedure_id");
         t.rows("billing").resize(3);
       }},
      {Rule::source_billed_twice, "a procedure twice",
       [](CleanTables& t) {
         t.cell("billing", 2, "source_kind") = "procedure";
         t.cell("billing", 2, "source_id") = t.cell("billing", 1, "source_id");
       }},
  };
}

std::vector<Plant> manifest_plants() {
  const auto nothing = [](CleanTables&) {};
  const auto in_manifest = [](std::string from, std::string to) {
    return [=](const std::string& directory) {
      replace_in_file(directory + "/manifest.json", from, to);
    };
  };
  return {
      {Rule::table_unknown, "patients.csv listed, notes.csv listed by nobody", nothing,
       [](const std::string& directory) {
         // without a manifest its own rule is the only one
         std::ofstream(directory + "/notes.csv") << "a,b\n1,2\n";
       }},
      {Rule::manifest_missing, "none", nothing,
       [](const std::string& directory) { std::filesystem::remove(directory + "/manifest.json"); }},
      {Rule::manifest_malformed, "another format", nothing,
       in_manifest("\"format\": 1", "\"format\": 7")},
      {Rule::manifest_synthetic, "not synthetic", nothing,
       in_manifest("\"synthetic\": true", "\"synthetic\": false")},
      {Rule::manifest_absent_file, "a file that is not there", nothing,
       in_manifest("\"files\": [",
                   R"("files": [{"name":"more.csv","table":"","origin":"generated","schema":"",)"
                   R"("rows":0,"bytes":0,"sha256":")" +
                       std::string(64, '0') + "\"},")},
      {Rule::manifest_unlisted_file, "a file that it does not list", nothing,
       [](const std::string& directory) { std::ofstream(directory + "/README.txt") << "x\n"; }},
      {Rule::manifest_unlisted_file, "a directory beside it", nothing,
       [](const std::string& directory) {
         std::filesystem::create_directory(directory + "/more");
       }},
      {Rule::manifest_size, "one more line, empty", nothing,
       [](const std::string& directory) {
         std::ofstream(directory + "/facilities.csv", std::ios::app) << "\n";
       }},
      {Rule::manifest_hash, "one other character", nothing,
       [](const std::string& directory) {
         replace_in_file(directory + "/facilities.csv", "clinic,OH", "clinic,PA");
       }},
      {Rule::manifest_rows, "a row too few", nothing, in_manifest("\"rows\": 6,", "\"rows\": 5,")},
  };
}

TEST_F(PlantedTest, TheCleanFilesGiveNothing) {
  CleanTables().write(directory_);
  const auto report = verify();
  EXPECT_TRUE(report.clean()) << to_text(report);
  EXPECT_EQ(report.reference_year, 2025);
  // every rule of files was put to something
  for (const auto& rule : all_rules()) {
    const bool of_events = rule.rule >= Rule::event_type;
    EXPECT_EQ(report.count(rule.rule).looked_at == 0, of_events) << rule.id;
  }
}

TEST_F(PlantedTest, EachIsFoundByItsOwnRuleAndByNoOther) {
  std::set<Rule> planted;
  std::size_t plants = 0;
  for (const auto& list : {text_plants(), cell_plants(), row_plants(), manifest_plants()}) {
    for (const auto& plant : list) {
      CleanTables tables;
      plant.spoil(tables);
      tables.write(directory_);
      if (plant.spoil_on_disk) plant.spoil_on_disk(directory_);
      VerifyOptions options{.present_year = 2026};
      options.manifest = plant.rule != Rule::table_unknown;
      const auto report = verify(options);
      EXPECT_EQ(rules_of(report), info(plant.rule).id) << plant.what << "\n" << to_text(report);
      planted.insert(plant.rule);
      ++plants;
    }
  }
  EXPECT_GE(plants, 60U);
  for (const auto& rule : all_rules()) {
    const bool of_events = rule.rule >= Rule::event_type;  // planted in event_check_test.cc
    EXPECT_EQ(planted.contains(rule.rule), !of_events) << rule.id;
  }
}

TEST_F(PlantedTest, NoReportQuotesWhatItFound) {
  for (const auto& plant : text_plants()) {
    CleanTables tables;
    plant.spoil(tables);
    tables.write(directory_);
    const auto report = verify();
    EXPECT_EQ(to_text(report).find(plant.what), std::string::npos) << plant.what;
    EXPECT_EQ(to_json(report).find(plant.what), std::string::npos) << plant.what;
  }
  // a header that is missing: its first row stands where names should
  CleanTables tables;
  tables.header("patients") = tables.rows("patients").front();
  tables.header("patients")[1] = "Wystan";
  tables.write(directory_);
  EXPECT_EQ(to_text(verify()).find("Wystan"), std::string::npos);
}

TEST_F(PlantedTest, AFindingSaysWhereAndIsShownTwentyTimesARule) {
  CleanTables tables(30);
  for (std::size_t row = 0; row < 25; ++row) tables.cell("patients", row, "zip3") = "036";
  tables.write(directory_);
  const auto report = verify();
  EXPECT_EQ(report.found(), 25U);
  EXPECT_EQ(report.findings().size(), Report::kShownPerRule);
  const auto text = to_text(report);
  EXPECT_NE(text.find("zip3-sparse: 5 more, not shown"), std::string::npos) << text;
  // behind an id of 36 characters, a year, a letter, a state, and four commas
  EXPECT_NE(text.find("patients.csv:2:48: zip3-sparse: "), std::string::npos) << text;
}

TEST_F(PlantedTest, TheYearOfAgesIsThatOfTheLastAdmissionUnlessGiven) {
  CleanTables tables;
  tables.cell("patients", 0, "birth_year") = "1936";
  tables.write(directory_);
  EXPECT_TRUE(verify().clean());
  EXPECT_GE(verify({.reference_year = 2027, .present_year = 2026}).count(Rule::age_90).found, 1U);
  EXPECT_EQ(verify({.present_year = 2020}).reference_year, 2020)
      << "a time in the future counts not";
}

TEST_F(PlantedTest, FilesAloneAreCheckedAsFarAsTheyGo) {
  CleanTables tables;
  tables.write(directory_);
  const auto alone = [&](const std::string& file) {
    return verify_files({directory_ + "/" + file}, {.present_year = 2026});
  };
  const auto encounters = alone("encounters.csv");
  ASSERT_TRUE(encounters.ok());
  EXPECT_TRUE(encounters->clean()) << to_text(*encounters);
  EXPECT_EQ(encounters->count(Rule::reference_missing).looked_at, 0U);
  EXPECT_NE(to_text(*encounters).find("not asked"), std::string::npos);
  const auto children = verify_files(
      {directory_ + "/diagnoses.csv", directory_ + "/encounters.csv"}, {.present_year = 2026});
  ASSERT_TRUE(children.ok());
  EXPECT_TRUE(children->clean()) << to_text(*children);
  EXPECT_GT(children->count(Rule::patient_of_encounter).looked_at, 0U);
  EXPECT_FALSE(alone("none.csv").ok());
}

TEST_F(PlantedTest, ForeignFilesAreScannedByTheTextRules) {
  std::filesystem::create_directories(directory_);
  const auto path = directory_ + "/patients-es.csv";
  std::ofstream(path) << "Nombre,Edad\nXimena,11\nMart\u00edn,46\n";
  const auto report = verify_files({path}, {.present_year = 2026, .manifest = false});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(rules_of(*report), "name table-unknown");
  EXPECT_NE(to_text(*report).find("patients-es.csv:3:1: name: "), std::string::npos);
}

}  // namespace
}  // namespace pim::data::privacy
