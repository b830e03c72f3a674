// One patient list in the forms in which people have it; whatever the form, the same commands.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "data/importer.h"

namespace pim::data {
namespace {

class CollectingSender : public Sender {
 public:
  Result<SendReply, SendFailure> send(const OutgoingCommand& command) override {
    sent += std::string(command.method) + " " + command.path + " " + command.body + "\n";
    return SendReply{201, false, {}};
  }
  std::string sent;
};

constexpr std::string_view kPeopleMap = R"(
dataset = "people"
reference_year = 2026
blank = ["N/A"]
[source.people]
file = "people.csv"
drop = ["Full Name", "ssn"]
[[step]]
source = "people"
command = "register-patient"
key = "MRN"
[step.fields]
patient_id = { id = "patient" }
birth_year = { column = ["Date of Birth", "dob"], as = "birth-year-of-date", format = "detect" }
sex = { column = "G\u00E9nero", values = { Female = "F", Male = "M" }, otherwise = "X", blank = "U" }
state = { column = "State / Province" }
zip3 = { column = "zip", as = "zip3" }
[[step]]
source = "people"
command = "mark-patient-deceased"
when = "died"
[step.fields]
patient_id = { column = "MRN", names = "patient" }
deceased_year = { column = "died" }
)";

class ImportFormats : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "formatsXXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // What was sent, or what was wrong.
  std::string import(const std::string& name, const std::string& text,
                     const std::string& map = std::string(kPeopleMap)) {
    const auto path = directory_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    const auto mapping = parse_mapping(map, "m.toml");
    EXPECT_TRUE(mapping.ok()) << mapping.error().message;
    PseudonymKey key;
    key.bytes.fill(3);
    CollectingSender sender;
    const auto report = import_files(*mapping, key, {path}, &sender, {});
    std::filesystem::remove(path);
    if (!report) return "stopped: " + report.error().message.substr(path.size());
    report_ = *report;
    return sender.sent;
  }
  bool noted(std::string_view note) const {
    return std::ranges::any_of(report_.notes, [&](const std::string& each) {
      return each.find(note) != std::string::npos;
    });
  }
  std::string refusals() const {
    std::string lines;
    for (const auto& each : report_.refusals) {
      lines += std::to_string(each.place.line) + ":" + std::to_string(each.place.column) + " " +
               each.reason + "\n";
    }
    return lines;
  }
  static std::string replace(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  std::string directory_;
  ImportReport report_;
};

constexpr std::string_view kPeople =
    "MRN,Full Name,ssn,Date of Birth,G\u00E9nero,State / Province,zip,died\n"
    "M-1,Ada L,900-11-1111,3/4/1950,Female,OH,43215,\n"
    "M-2,\"Bob, Jr\",N/A,14/5/1920,,NY,14604,2020\n";

TEST_F(ImportFormats, AllBecomeTheSameCommands) {
  const auto csv = import("people.csv", std::string(kPeople));
  EXPECT_NE(csv.find("\"birth_year\":1950,\"sex\":\"F\",\"state\":\"OH\",\"zip3\":\"432\""),
            std::string::npos)
      << csv << refusals();
  EXPECT_NE(csv.find("\"birth_year\":1936,\"sex\":\"U\""), std::string::npos) << "90 and above";
  EXPECT_NE(csv.find("{\"deceased_year\":2020}"), std::string::npos) << csv;
  EXPECT_EQ(report_.refused, 0u) << refusals();

  EXPECT_EQ(
      import("people.tsv",
             "MRN\tFull Name\tssn\tDate of Birth\tG\u00E9nero\tState / Province\tzip\tdied\r\n"
             "M-1\tAda L\t900-11-1111\t3/4/1950\tFemale\tOH\t43215\t\r\n"
             "M-2\tBob, Jr\tN/A\t14/5/1920\t\tNY\t14604\t2020\r\n"),
      csv);
  const std::string ada =
      R"({"MRN":"M-1","Full Name":"Ada L","ssn":"900-11-1111","Date of Birth":"3/4/1950",)"
      R"("G\u00e9nero":"Female","State / Province":"OH","zip":43215,"died":null})";
  const std::string bob = R"({"MRN":"M-2","Full Name":"Bob, Jr","Date of Birth":"14/5/1920",)"
                          R"("State / Province":"NY","zip":"14604","died":2020})";
  EXPECT_EQ(import("people.json", "[\n" + ada + ",\n" + bob + "\n]\n"), csv) << refusals();
  EXPECT_EQ(import("people.jsonl", ada + "\n" + bob + "\n"), csv) << refusals();
  EXPECT_EQ(
      import("people.sql",
             "create table people (MRN VARCHAR(9), `Full Name` TEXT, ssn TEXT, `Date of Birth` "
             "TEXT, `G\u00E9nero` TEXT, `State / Province` TEXT, zip TEXT, died INT);\n"
             "insert into people values ('M-1', 'Ada L', '900-11-1111', '3/4/1950', 'Female', "
             "'OH', '43215', NULL), ('M-2', 'Bob, Jr', 'N/A', '14/5/1920', NULL, 'NY', '14604', "
             "2020);\n"),
      csv)
      << refusals();
}

TEST_F(ImportFormats, NeverShowsTheFirstRowOfAFileWithoutAHeader) {
  const std::string shown = "look like values, and are not shown";
  for (const auto* row : {"M-1,Ada L,900-11-1111,3/4/1950,Female,OH,43215,\n", "1,Ada L,x,y,z\n",
                          "ada@example.org,Ada L\n", "2,3/4/1950,3/4/1950\n"}) {
    const auto stopped = import("people.csv", row);
    EXPECT_NE(stopped.find(shown), std::string::npos) << stopped;
    for (const auto* value : {"Ada", "900-11", "1950", "ada@"}) {
      EXPECT_EQ(stopped.find(value), std::string::npos) << stopped;
    }
  }
  const auto extra = replace(std::string(kPeople), "died", "died,900-11-1111");
  EXPECT_NE(import("people.csv", extra).find(shown), std::string::npos);
  EXPECT_NE(import("people.csv", "MRN,Name\n").find("it has 'MRN', 'Name'"), std::string::npos);
}

TEST_F(ImportFormats, ReportsWhatItFoundOut) {
  const auto csv = import("people.csv", std::string(kPeople));
  EXPECT_TRUE(noted("people.csv: column 'Date of Birth' is read as D/M/YYYY: line 3 tells"));
  EXPECT_EQ(report_.identifiers_dropped.at("people.csv:Full Name"), 2u);
  EXPECT_EQ(report_.identifiers_dropped.at("people.csv:ssn"), 1u);
  EXPECT_EQ(report_.identifiers_replaced.at("people.csv:MRN"), 2u);
  EXPECT_EQ(csv.find("M-1"), std::string::npos) << "a key stays here";

  EXPECT_EQ(import("people.csv",
                   "\xEF\xBB\xBF mrn ;FULL_NAME;SSN;dob;Genero;state_province;ZIP;Died\r\n"
                   "M-1;Ada L;900-11-1111;3/4/1950; Female ;OH;43215;\r\n"
                   "M-2;\"Bob, Jr\";N/A;14/5/1920;;NY;14604;2020\r\n"),
            csv)
      << refusals();
  EXPECT_TRUE(noted("values are separated by ';'"));
  EXPECT_TRUE(noted("column 'Genero' is taken for 'G\u00E9nero'"));
  EXPECT_TRUE(noted("column 'state_province' is taken for 'State / Province'"));
  EXPECT_TRUE(noted("column 'dob' is taken for 'Date of Birth'"));
}

TEST_F(ImportFormats, RefusesColumnsThatMayBeEither) {
  auto text = replace(std::string(kPeople), "zip,", "Zip,");
  text = replace(text, ",died", ",ZIP ");
  EXPECT_NE(import("people.csv", text).find("columns 'Zip' and 'ZIP ', and either may be 'zip'"),
            std::string::npos);
  const auto both = replace(std::string(kPeople), ",died\n", ",dob\n");
  EXPECT_NE(import("people.csv", both).find("'Date of Birth' and 'dob'"), std::string::npos);
  const auto dropped = replace(std::string(kPeopleMap), "drop = [", "drop = [\"ZIP\", ");
  EXPECT_NE(import("people.csv", std::string(kPeople), dropped).find("column 'zip' is dropped"),
            std::string::npos);
}

TEST_F(ImportFormats, RefusesDatesThatReadTwoWays) {
  const auto doubtful = replace(std::string(kPeople), "14/5/1920", "4/5/1920");
  const auto said = import("people.csv", doubtful);
  EXPECT_NE(said.find("column 'Date of Birth' reads with the month first and with the day first"),
            std::string::npos)
      << said;
  const auto plain =
      replace(std::string(kPeopleMap), "format = \"detect\"", "format = \"D/M/YYYY\"");
  EXPECT_EQ(import("people.csv", doubtful, plain).find("stopped"), std::string::npos);
}

TEST_F(ImportFormats, RefusesAColumnOfIdentifiersWhateverItIsCalled) {
  const auto numbers = replace(replace(std::string(kPeople), "OH", "900-22-3333"), "NY", "N/A");
  EXPECT_EQ(import("people.csv", numbers),
            "stopped: :2:39: column 'State / Province' holds what looks like a social security "
            "number: list it under drop");
  const auto named = replace(std::string(kPeopleMap), "column = \"zip\"", "column = \"Full/Zip\"");
  const auto header = replace(std::string(kPeople), ",zip,", ",full_zip,");
  EXPECT_EQ(import("people.csv", header, named).find("stopped"), std::string::npos);
  const auto mail = replace(std::string(kPeopleMap), "column = \"zip\"", "column = \"code\"");
  const auto mails =
      replace(replace(replace(std::string(kPeople), ",zip,", ",code,"), "43215", "ada@example.org"),
              "14604", "bob@example.org");
  EXPECT_NE(import("people.csv", mails, mail).find("an e-mail address"), std::string::npos);
}

TEST_F(ImportFormats, RefusesSingleRowsWithAnIdentifier) {
  std::string text(kPeople);
  for (int i = 3; i < 30; ++i) {
    text += "M-" + std::to_string(i) + ",x,,14/5/1970,Male,OH,43215,\n";
  }
  text += "M-30,x,,14/5/1970,Male,(614) 555-0123,43215,\n";
  (void)import("people.csv", text);
  EXPECT_EQ(report_.refused, 1u);
  EXPECT_EQ(refusals(),
            "31:24 state: column 'State / Province' holds what looks like a telephone number, "
            "which goes no further\n");
}

constexpr std::string_view kChartMap = R"(
dataset = "chart"
[source.rows]
file = "rows.csv"
[[step]]
source = "rows"
command = "register-patient"
key = "id"
[step.fields]
patient_id = { id = "patient" }
birth_year = 1980
sex = "U"
state = "OH"
zip3 = "432"
[[step]]
source = "rows"
command = "register-facility"
key = "id"
[step.fields]
facility_id = { id = "facility" }
npi = "9000000015"
alias = "FAC-000001"
kind = "hospital"
state = "OH"
zip3 = "432"
beds = 1
[[step]]
source = "rows"
command = "register-provider"
key = "id"
[step.fields]
provider_id = { id = "provider" }
npi = "9000000015"
alias = "PRV-000001"
specialty = "family-medicine"
facility_id = { column = "id", names = "facility" }
[[step]]
source = "rows"
command = "admit-encounter"
key = "id"
[step.fields]
encounter_id = { id = "encounter" }
patient_id = { column = "id", names = "patient" }
provider_id = { column = "id", names = "provider" }
facility_id = { column = "id", names = "facility" }
class = "ambulatory"
pos = "11"
admitted_at = { column = "when", as = "time", format = "detect" }
[[step]]
source = "rows"
command = "record-diagnosis"
[step.fields]
diagnosis_id = { id = "diagnosis" }
encounter_id = { column = "id", names = "encounter" }
icd10cm = { column = "icd" }
rank = 1
present_on_admission = true
recorded_at = { column = "when", as = "time", format = "detect" }
[[step]]
source = "rows"
command = "prescribe-medication"
[step.fields]
medication_id = { id = "medication" }
encounter_id = { column = "id", names = "encounter" }
provider_id = { column = "id", names = "provider" }
rxcui = "860975"
ndc11 = { column = "ndc" }
dose = "500"
unit = "mg"
route = "oral"
start = { column = "when", as = "time", format = "detect" }
)";

TEST_F(ImportFormats, TakesUndottedCodesAndSaysWhatOthersLookLike) {
  const auto sent = import("rows.csv",
                           "id,when,icd,ndc\n"
                           "1,9/02/2021 7:30,S92155P,00093-1048-01\n"
                           "2,13/02/2021 17:05,X111XXS,\n"
                           "3,14/02/2021 17:05,25001,0093-1048\n"
                           "4,14/02/2021 17:05,Diabetes mellitus,0093-1048-01\n",
                           std::string(kChartMap));
  EXPECT_NE(sent.find(R"("icd10cm":"S92155P")"), std::string::npos) << sent << refusals();
  EXPECT_NE(sent.find(R"("icd10cm":"X111XXS")"), std::string::npos);
  EXPECT_NE(sent.find(R"("admitted_at":"2021-02-09T07:30:00.000Z")"), std::string::npos) << sent;
  EXPECT_EQ(report_.refused, 4u);
  const auto text = refusals();
  EXPECT_NE(text.find("4:20 icd10cm: must be an ICD-10-CM code such as E11.9; this looks like "
                      "ICD-9-CM"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("5:20 icd10cm: must be an ICD-10-CM code such as E11.9; this looks like a "
                      "description"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("4:26 ndc11: must be an 11-digit NDC such as 00093-1048-01; two segments"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("5:38 ndc11: must be an 11-digit NDC such as 00093-1048-01; this has 10"),
            std::string::npos)
      << text;
}

TEST_F(ImportFormats, TakesTablesOfOneDumpAsSources) {
  const std::string map = R"(
dataset = "dump"
[source.a]
file = "dump.sql"
table = "a"
[source.b]
file = "dump.sql"
table = "b"
[[step]]
source = "a"
command = "register-patient"
key = "id"
[step.fields]
patient_id = { id = "patient" }
birth_year = 1980
sex = { column = "sex" }
state = "OH"
zip3 = "432"
[[step]]
source = "b"
command = "mark-patient-deceased"
[step.fields]
patient_id = { column = "a_id", names = "patient" }
deceased_year = { column = "year" }
)";
  const auto sent = import("dump.sql",
                           "insert into a (id, sex) values (1, 'F');\n"
                           "insert into b (a_id, year) values (1, 2020);\n"
                           "insert into a (id, sex) values (2, 'M');\n",
                           map);
  EXPECT_EQ(std::ranges::count(sent, '\n'), 3) << sent << refusals();
  EXPECT_NE(sent.find("deceased_year"), std::string::npos);
}

TEST_F(ImportFormats, MakesTwoOfARowWithTwo) {
  const std::string map =
      std::string(kChartMap) +
      "[[step]]\nsource = \"rows\"\ncommand = \"record-diagnosis\"\n[step.fields]\n"
      "diagnosis_id = { id = \"diagnosis\" }\nencounter_id = { id = \"encounter\" }\n"
      "patient_id = { column = \"id\", names = \"patient\" }\n"
      "icd10cm = \"E11.9\"\nrank = 2\npresent_on_admission = false\n"
      "recorded_at = { column = \"when\", as = \"time\", format = \"detect\" }\n";
  const auto sent = import("rows.csv", "id,when,icd,ndc\n1,13/02/2021 7:30,I10,\n", map);
  const auto id_of = [&](std::size_t from) {
    const auto at = sent.find("\"diagnosis_id\":\"", from);
    return at == std::string::npos ? std::string() : sent.substr(at + 16, 36);
  };
  const auto first = sent.find("/diagnoses ");
  const auto second = sent.rfind("/diagnoses ");
  ASSERT_NE(first, second) << sent << refusals();
  EXPECT_NE(id_of(first), id_of(second)) << sent;
  const auto path_before = [&](std::size_t at) { return sent.substr(at - 36, 36); };
  EXPECT_EQ(path_before(first), path_before(second)) << "of one encounter";
}

}  // namespace
}  // namespace pim::data
