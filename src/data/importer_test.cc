#include "data/importer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "data/command_shape.h"
#include "telemetry/kept_spans_testing.h"
#include "telemetry/scoped_span.h"

namespace pim::data {
namespace {

// Remembers what was sent, and answers as a server with receipts would.
class RecordingSender : public Sender {
 public:
  Result<SendReply, SendFailure> send(const OutgoingCommand& command) override {
    if (fail_after-- == 0) return Err{SendFailure{"server gone"}};
    sent.push_back(command);
    const auto [earlier, fresh] = bodies.emplace(command.request_id, command.body);
    if (!fresh) {
      EXPECT_EQ(earlier->second, command.body) << "one key, two requests";
      return SendReply{201, true, {}};
    }
    return SendReply{status, false, status < 300 ? "" : "said no"};
  }
  int status = 201;
  int fail_after = -1;
  std::vector<OutgoingCommand> sent;
  std::map<std::string, std::string> bodies;
};

constexpr std::string_view kMap = R"(
dataset = "t"
reference_year = 2026
blank = ["N/A"]
[source.people]
file = "people.csv"
drop = ["Nombre", "SSN"]
[source.visits]
file = "visits.csv"
ignore = ["note"]
[[step]]
source = "people"
command = "register-patient"
key = "ref"
[step.fields]
patient_id = { id = "patient" }
birth_year = { column = "Edad", as = "birth-year-of-age" }
sex = { column = "sex" }
state = "OH"
zip3 = "432"
[[step]]
source = "visits"
command = "mark-patient-deceased"
when = { column = "died", is = "yes" }
once_per = "who"
[step.fields]
patient_id = { column = "who", names = "patient" }
deceased_year = { column = "year" }
)";

class ImporterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "importXXXXXX";
    directory_ = ::mkdtemp(name.data());
    write("people.csv", "ref,Nombre,SSN,Edad,sex\na1,Ada,900-11-1111,41,F\nb2,Bob,N/A,90,M\n");
    write("visits.csv", "who,died,year,note\na1,no,2020,x\nb2,yes,2021,\nb2,yes,2022,\n");
    auto mapping = parse_mapping(kMap, "t.toml");
    ASSERT_TRUE(mapping.ok()) << mapping.error().message;
    mapping_ = std::move(*mapping);
    key_.bytes.fill(7);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << text;
    return directory_ + "/" + name;
  }
  Result<ImportReport, ImportError> run(Sender* sender, bool strict = false) {
    ImportOptions options;
    options.strict = strict;
    return import_files(mapping_, key_, {directory_ + "/people.csv", directory_ + "/visits.csv"},
                        sender, options);
  }

  std::string directory_;
  Mapping mapping_;
  PseudonymKey key_;
  RecordingSender sender_;
};

TEST_F(ImporterTest, TurnsRowsIntoCommands) {
  const auto report = run(&sender_);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->rows, 5u);
  EXPECT_EQ(report->commands, 3u);
  EXPECT_EQ(report->accepted, 3u);
  EXPECT_EQ(report->refused, 0u) << to_text(*report);
  ASSERT_EQ(sender_.sent.size(), 3u);
  const auto ada = pseudonym(key_, "patient", "t", 1).to_string();
  const auto bob = pseudonym(key_, "patient", "t", 2).to_string();
  EXPECT_EQ(sender_.sent[0].path, "/v1/patients");
  EXPECT_EQ(sender_.sent[0].stream.to_string(), ada);
  EXPECT_EQ(sender_.sent[2].stream.to_string(), bob);
  EXPECT_EQ(sender_.sent[2].name, "mark-patient-deceased");
  EXPECT_EQ(
      sender_.sent[0].body,
      R"({"patient_id":")" + ada + R"(","birth_year":1985,"sex":"F","state":"OH","zip3":"432"})");
  EXPECT_EQ(sender_.sent[2].path, "/v1/patients/" + bob + "/deceased");
  EXPECT_EQ(sender_.sent[2].body, R"({"deceased_year":2021})") << "once a person";
}

TEST_F(ImporterTest, LeavesASpanForEachFileTableAndBatch) {
  telemetry::KeptSpans kept;
  telemetry::Tracer tracer(kept.exporter(), telemetry::keep_all());
  sender_.status = 409;
  {
    const telemetry::ScopedSpan command(&tracer, "pim data import");
    ASSERT_TRUE(run(&sender_).ok());
  }
  const auto spans = kept.wait_for(7);
  ASSERT_EQ(spans.size(), 7U);
  const auto root = telemetry::span_named(spans, "pim data import");
  std::map<std::string, int> names;
  for (const auto& span : spans) {
    ++names[span.name];
    for (const auto& [key, value] : span.attributes) {
      const auto* text = std::get_if<std::string>(&value);
      EXPECT_TRUE(text == nullptr || text->find("people") == std::string::npos) << key;
    }
    if (span.name == "import batch") {
      EXPECT_NE(span.parent, root.context.span_id) << "it is a part of its table";
    } else if (span.name != root.name) {
      EXPECT_EQ(span.parent, root.context.span_id);
    }
  }
  EXPECT_EQ(
      names,
      (std::map<std::string, int>{
          {"pim data import", 1}, {"read file", 2}, {"import table", 2}, {"import batch", 2}}));
  EXPECT_EQ(telemetry::span_named(spans, "import batch").failure, "2 refused");
  EXPECT_EQ(telemetry::span_named(spans, "import table").failure, "2 rows refused");
  EXPECT_FALSE(telemetry::span_named(spans, "read file").failed);
}

TEST_F(ImporterTest, CountsTheIdentifiersItDropsAndSendsNone) {
  const auto report = run(&sender_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->identifiers_dropped.at("people.csv:Nombre"), 2u);
  EXPECT_EQ(report->identifiers_dropped.at("people.csv:SSN"), 1u) << "N/A is no value";
  for (const auto& command : sender_.sent) {
    EXPECT_EQ((command.path + command.body).find("Ada"), std::string::npos);
    EXPECT_EQ((command.path + command.body).find("900-11"), std::string::npos);
  }
}

TEST_F(ImporterTest, SendsTheSameKeysAgain) {
  ASSERT_TRUE(run(&sender_).ok());
  const auto again = run(&sender_);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->accepted, 0u);
  EXPECT_EQ(again->replayed, 3u);
  EXPECT_EQ(sender_.bodies.size(), 3u);
}

TEST_F(ImporterTest, GoesOnWhereItWasCutShort) {
  sender_.fail_after = 2;
  const auto cut = run(&sender_);
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().kind, ImportError::Kind::environment);
  EXPECT_EQ(cut.error().so_far.accepted, 2u);
  sender_.fail_after = -1;
  const auto rest = run(&sender_);
  ASSERT_TRUE(rest.ok());
  EXPECT_EQ(rest->replayed, 2u);
  EXPECT_EQ(rest->accepted, 1u);
}

TEST_F(ImporterTest, RefusesABadRowAndTakesTheOthers) {
  write("people.csv",
        "ref,Nombre,SSN,Edad,sex\na1,Ada,,41,F\nb2,Bob,,forty,M\nc3,\"Cy\"x,,1,F\nd4,Di,,1\n"
        "e5,Ed,,7,Q\nf6,Flo,,,F\n");
  write("visits.csv", "who,died,year,note\na1,yes,MMXX,\nzz,yes,2020,\n");
  const auto report = run(&sender_);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->accepted, 1u);
  EXPECT_EQ(report->refused, 7u);
  const auto text = to_text(*report);
  const auto people = directory_ + "/people.csv:";
  for (const std::string& expected :
       {people + "3:9: birth_year: column 'Edad' must be an age",
        people + "4:8: text after the closing quote", people + "5:1: has 4 values, the header 5",
        people + "6:10: sex: ", people + "7:9: birth_year: column 'Edad' is blank",
        directory_ + "/visits.csv:2:8: deceased_year: must be an integer",
        directory_ + "/visits.csv:3:1: patient_id: column 'who' names no patient"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\nin\n" << text;
  }
  EXPECT_EQ(text.find("forty"), std::string::npos) << "a report quotes no value";
}

TEST_F(ImporterTest, StopsAtTheFirstRefusalWhereAsked) {
  write("people.csv", "ref,Nombre,SSN,Edad,sex\na1,Ada,,x,F\nb2,Bob,,40,M\n");
  const auto report = run(&sender_, true);
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->stopped);
  EXPECT_EQ(report->refused, 1u);
  EXPECT_TRUE(sender_.sent.empty());
}

TEST_F(ImporterTest, SendsNothingOnADryRun) {
  const auto report = run(nullptr);
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->dry_run);
  EXPECT_EQ(report->commands, 3u);
  EXPECT_EQ(report->accepted, 0u);
}

TEST_F(ImporterTest, ReportsWhatTheServerRefuses) {
  sender_.status = 409;
  const auto report = run(&sender_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->refused, 3u);
  EXPECT_NE(to_json(*report).find("register-patient: said no"), std::string::npos);
}

TEST_F(ImporterTest, StopsWhereTheTokenIsRefused) {
  sender_.status = 403;
  const auto report = run(&sender_);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(sender_.sent.size(), 1u);
}

TEST_F(ImporterTest, WantsEveryColumnAccountedFor) {
  write("people.csv", "ref,Nombre,SSN,Edad,sex,Religion\n");
  const auto extra = run(&sender_);
  ASSERT_FALSE(extra.ok());
  EXPECT_NE(extra.error().message.find(":1:25: column 'Religion' is not in the mapping"),
            std::string::npos)
      << extra.error().message;
  write("people.csv", "ref,Nombre,Edad,sex\n");
  const auto missing = run(&sender_);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("no column 'SSN'"), std::string::npos);
  write("people.csv", "ref,Nombre,SSN,Edad,sex,sex\n");
  EXPECT_FALSE(run(&sender_).ok());
  write("people.csv", "");
  EXPECT_FALSE(run(&sender_).ok());
}

TEST_F(ImporterTest, WantsEveryFileOfItsMapping) {
  const ImportOptions options;
  const auto missing = import_files(mapping_, key_, {directory_ + "/people.csv"}, nullptr, options);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("visits.csv"), std::string::npos);
  const auto unknown = import_files(mapping_, key_, {directory_ + "/x.csv"}, nullptr, options);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("x.csv"), std::string::npos);
}

TEST(CommandShape, CoversEveryCommandWithARoute) {
  std::set<std::pair<std::string_view, std::string_view>> routes;
  for (const auto& shape : all_commands()) {
    EXPECT_TRUE(routes.emplace(shape.method, shape.path).second) << shape.name;
    EXPECT_EQ(find_command(shape.name), &shape);
  }
  const auto* admit = find_command("admit-encounter");
  ASSERT_NE(admit, nullptr);
  EXPECT_TRUE(admit->find("admitted_at")->is_time);
  EXPECT_EQ(find_command("record-diagnosis")->find("rank")->type, JsonType::integer);
  EXPECT_EQ(find_command("record-diagnosis")->find("present_on_admission")->type,
            JsonType::boolean);
  EXPECT_FALSE(find_command("prescribe-medication")->find("stop")->required);
  EXPECT_EQ(find_command("add-charge")->find("unit_cents")->type, JsonType::integer);
}

// Two steps over one file: a stay is discharged before its patient's next one is admitted.
constexpr std::string_view kStays = R"(
dataset = "t"
[source.people]
file = "people.csv"
ignore = ["Nombre", "SSN", "Edad"]
[source.stays]
file = "visits.csv"
[turns]
source = "stays"
key = "stay"
of = "who"
when = { column = "class", is = "inpatient" }
[[step]]
source = "people"
command = "register-patient"
key = "ref"
[step.fields]
patient_id = { id = "patient" }
birth_year = "1980"
sex = { column = "sex" }
state = "OH"
zip3 = "432"
[[step]]
source = "stays"
command = "admit-encounter"
key = "stay"
turn = "stay"
[step.fields]
encounter_id = { id = "encounter" }
patient_id = { column = "who", names = "patient" }
provider_id = "018f0000-0000-7000-8000-000000000001"
facility_id = "018f0000-0000-7000-8000-000000000002"
class = { column = "class" }
pos = "21"
admitted_at = { column = "at", as = "time", format = "YYYY-MM-DD" }
[[step]]
source = "stays"
command = "discharge-encounter"
when = "out"
turn = "stay"
[step.fields]
encounter_id = { column = "stay", names = "encounter" }
discharged_at = { column = "out", as = "time", format = "YYYY-MM-DD" }
disposition = "home"
[[step]]
source = "people"
command = "mark-patient-deceased"
when = { column = "ref", is = "a1" }
[step.fields]
patient_id = { column = "ref", names = "patient" }
deceased_year = "2025"
)";

TEST_F(ImporterTest, TakesTurnsWhereOneThingMayBeOpenAtATime) {
  auto mapping = parse_mapping(kStays, "stays.toml");
  ASSERT_TRUE(mapping.ok()) << mapping.error().message;
  mapping_ = std::move(*mapping);
  write("visits.csv",
        "stay,who,class,at,out\n"
        "s1,a1,inpatient,2024-01-01,2024-01-02\n"
        "s2,b2,ambulatory,2024-01-01,2024-01-01\n"
        "s3,a1,inpatient,2024-02-01,2024-02-02\n"
        "s4,b2,inpatient,2024-02-01,\n"
        " s5 ,a1,inpatient,2024-03-01,2024-03-02\n");
  const auto report = run(&sender_);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->refused, 0u) << to_text(*report);
  EXPECT_EQ(report->rows, 7u) << "each counted once, however often it is read";
  const auto id = [&](std::uint64_t row) { return pseudonym(key_, "encounter", "t", row); };
  std::vector<std::string> order;
  for (const auto& command : sender_.sent) {
    std::string stay;
    for (std::uint64_t row = 1; row <= 5; ++row) {
      const auto text = id(row).to_string();
      if ((command.path + command.body).find(text) != std::string::npos) {
        stay = " s" + std::to_string(row);
      }
    }
    order.push_back(std::string(command.name) + stay);
  }
  const std::vector<std::string> expected = {
      "register-patient",       "register-patient",       "admit-encounter s1",
      "admit-encounter s2",     "admit-encounter s4",     "discharge-encounter s1",
      "discharge-encounter s2", "admit-encounter s3",     "discharge-encounter s3",
      "admit-encounter s5",     "discharge-encounter s5", "mark-patient-deceased"};
  EXPECT_EQ(order, expected);
}

}  // namespace
}  // namespace pim::data
