// The seed files: every row becomes a command, no identifier goes through, and the Mockaroo schemas
// describe the same columns. Runs in the source directory.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <set>

#include "data/csv.h"
#include "data/importer.h"

namespace pim::data {
namespace {

const std::vector<std::string> kEntities = {"facilities", "providers",  "patients",    "encounters",
                                            "diagnoses",  "procedures", "medications", "billing"};

class AcceptingSender : public Sender {
 public:
  Result<SendReply, SendFailure> send(const OutgoingCommand& command) override {
    sent += command.path + " " + command.body + "\n";
    request_ids.insert(command.request_id);
    ++by_command[command.path.substr(command.path.rfind('/') + 1)];
    return SendReply{201, false, {}};
  }
  std::string sent;
  std::set<std::string> request_ids;
  std::map<std::string, int> by_command;
};

ImportReport import_seed(const std::string& map, const std::vector<std::string>& names,
                         AcceptingSender& sender) {
  const auto mapping = load_mapping("seed/maps/" + map);
  EXPECT_TRUE(mapping.ok()) << mapping.error().message;
  std::vector<std::string> files;
  files.reserve(names.size());
  for (const auto& name : names) files.push_back("seed/data/" + name + ".csv");
  PseudonymKey key;
  key.bytes.fill(42);
  auto report = import_files(*mapping, key, files, &sender, {});
  EXPECT_TRUE(report.ok()) << report.error().message;
  return report ? *report : ImportReport{};
}

std::vector<CsvRow> read_csv(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  CsvReader reader(in, ',');
  std::vector<CsvRow> rows;
  CsvRow row;
  while (true) {
    const auto more = reader.next(row);
    EXPECT_TRUE(more.ok()) << path;
    if (!more || !*more) return rows;
    rows.push_back(row);
  }
}

// No value of a dropped column may stand anywhere in what was sent.
void expect_absent(const std::string& file, const std::vector<std::string>& dropped,
                   const std::string& sent) {
  const auto rows = read_csv(file);
  std::size_t checked = 0;
  for (std::size_t column = 0; column < rows[0].size(); ++column) {
    if (std::find(dropped.begin(), dropped.end(), rows[0][column].text) == dropped.end()) continue;
    for (std::size_t row = 1; row < rows.size(); ++row) {
      const auto& value = rows[row][column].text;
      if (value.size() < 4) continue;  // too short to tell from chance
      EXPECT_EQ(sent.find(value), std::string::npos) << file << ": " << value;
      ++checked;
    }
  }
  EXPECT_GT(checked, 20u) << file;
}

TEST(Seed, TheEightFilesBecomeCommands) {
  AcceptingSender sender;
  const auto report = import_seed("lab.toml", kEntities, sender);
  EXPECT_EQ(report.refused, 0u) << to_text(report);
  EXPECT_EQ(report.accepted, report.commands);
  EXPECT_EQ(sender.request_ids.size(), report.commands) << "every command its own key";
  for (const auto* route :
       {"facilities", "providers", "patients", "encounters", "diagnoses", "procedures",
        "medications", "bill", "charges", "discharge", "finalize"}) {
    EXPECT_GT(sender.by_command[route], 5) << route;
  }
  expect_absent(
      "seed/data/patients.csv",
      {"first_name", "last_name", "ssn", "mrn", "email", "phone", "street_address", "city"},
      sender.sent);
  expect_absent("seed/data/providers.csv", {"first_name", "last_name", "email"}, sender.sent);
}

TEST(Seed, TheSpanishFileBecomesPatients) {
  AcceptingSender sender;
  const auto report = import_seed("patients-es.toml", {"patients-es"}, sender);
  EXPECT_EQ(report.refused, 0u) << to_text(report);
  EXPECT_EQ(report.accepted, 30u);
  EXPECT_EQ(report.identifiers_dropped.at("patients-es.csv:Nombre"), 30u);
  expect_absent("seed/data/patients-es.csv", {"Nombre", "Apellido"}, sender.sent);
  EXPECT_EQ(sender.sent.find("1929"), std::string::npos) << "an age of 97 is 90 and above";
}

TEST(Seed, TheSchemasDescribeTheFiles) {
  simdjson::dom::parser parser;
  for (const auto& entity : kEntities) {
    simdjson::dom::element schema;
    ASSERT_EQ(parser.load("seed/mockaroo/" + entity + ".schema.json").get(schema),
              simdjson::SUCCESS)
        << entity;
    EXPECT_EQ(std::string_view(schema["name"]), entity);
    const auto rows = read_csv("seed/data/" + entity + ".csv");
    EXPECT_EQ(std::uint64_t(schema["num_rows"]), rows.size() - 1) << entity;
    std::size_t i = 0;
    for (const auto column : simdjson::dom::array(schema["columns"])) {
      ASSERT_LT(i, rows[0].size()) << entity;
      EXPECT_EQ(std::string_view(column["name"]), rows[0][i++].text) << entity;
      EXPECT_FALSE(std::string_view(column["type"]).empty());
    }
    EXPECT_EQ(i, rows[0].size()) << entity;
  }
}

}  // namespace
}  // namespace pim::data
