// The seed files: they are what the Mockaroo schemas give, every row becomes a command, and no
// identifier goes through. Runs in the source directory.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "data/csv.h"
#include "data/importer.h"
#include "data/mockaroo/mock.h"
#include "data/mockaroo/plan.h"
#include "data/privacy/verify.h"
#include "data/tables.h"

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
  const std::string directory = map == "lab.toml" ? "seed/data/" : "seed/foreign/";
  for (const auto& name : names) files.push_back(directory + name + ".csv");
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

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
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
  EXPECT_TRUE(report.identifiers_dropped.empty()) << "there are none in them";
  for (const auto* route :
       {"facilities", "providers", "patients", "encounters", "diagnoses", "procedures",
        "medications", "bill", "charges", "discharge", "finalize"}) {
    EXPECT_GT(sender.by_command[route], 5) << route;
  }
}

TEST(Seed, TheIntakeFileLosesItsIdentifiers) {
  AcceptingSender sender;
  const auto report = import_seed("intake.toml", {"intake"}, sender);
  EXPECT_EQ(report.refused, 0u) << to_text(report);
  EXPECT_EQ(report.accepted, 60u);
  EXPECT_EQ(report.identifiers_dropped.at("intake.csv:ssn"), 60u);
  expect_absent(
      "seed/foreign/intake.csv",
      {"first_name", "last_name", "ssn", "mrn", "email", "phone", "street_address", "city"},
      sender.sent);
}

TEST(Seed, TheSpanishFileBecomesPatients) {
  AcceptingSender sender;
  const auto report = import_seed("patients-es.toml", {"patients-es"}, sender);
  EXPECT_EQ(report.refused, 0u) << to_text(report);
  EXPECT_EQ(report.accepted, 30u);
  EXPECT_EQ(report.identifiers_dropped.at("patients-es.csv:Nombre"), 30u);
  expect_absent("seed/foreign/patients-es.csv", {"Nombre", "Apellido"}, sender.sent);
  EXPECT_EQ(sender.sent.find("1929"), std::string::npos) << "an age of 97 is 90 and above";
}

std::vector<mockaroo::MockInput> schemas_in(const std::string& directory) {
  std::vector<mockaroo::MockInput> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".schema.json")) continue;
    auto schema = mockaroo::parse_schema(read_text(path), mockaroo::schema_name_of(path));
    EXPECT_TRUE(schema.ok()) << mockaroo::to_text(schema.error(), path);
    if (schema) inputs.push_back({path, std::move(*schema)});
  }
  std::ranges::sort(inputs, {}, &mockaroo::MockInput::file);
  return inputs;
}

TEST(Seed, TheSchemasHaveTheColumnsOfTheTables) {
  const auto inputs = schemas_in("seed/mockaroo");
  EXPECT_EQ(inputs.size(), all_tables().size());
  for (const auto& table : all_tables()) {
    const auto input = std::ranges::find_if(
        inputs, [&](const auto& each) { return each.schema.name == table.name; });
    ASSERT_NE(input, inputs.end()) << table.name;
    std::vector<std::string> columns;
    for (const auto& column : table.columns) columns.emplace_back(column.name);
    EXPECT_EQ(mockaroo::written_columns(input->schema), columns) << table.name;
  }
}

TEST(Seed, EveryValueIsOneThatItsColumnTakes) {
  for (const auto& table : all_tables()) {
    const auto rows = read_csv("seed/data/" + std::string(table.name) + ".csv");
    ASSERT_GT(rows.size(), 5u) << table.name;
    for (std::size_t row = 1; row < rows.size(); ++row) {
      ASSERT_EQ(rows[row].size(), table.columns.size()) << table.name << ", row " << row;
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        const auto& text = rows[row][i].text;
        EXPECT_TRUE(text.empty() ? !column.required : column.valid(text))
            << table.name << "." << column.name << ", row " << row << ": " << text;
      }
    }
  }
}

// What is committed is what `pim data mock` makes of the schemas.
void expect_made_from(const std::string& schemas, const std::string& files) {
  const auto manifest = parse_manifest(read_text(files + "/manifest.json"));
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  const auto out =
      std::filesystem::temp_directory_path() / ("pim-seed-" + std::to_string(::getpid()));
  mockaroo::MockOptions options;
  options.seed = manifest->seed;
  options.version = manifest->version;
  options.datasets = "seed/mockaroo/datasets";
  options.out = out.string();
  const auto mocked = mockaroo::mock_schemas(schemas_in(schemas), options);
  ASSERT_TRUE(mocked.ok()) << mocked.error().message;
  EXPECT_EQ(to_json(*mocked), to_json(*manifest));
  for (const auto& file : mocked->files) {
    EXPECT_EQ(file.origin, Origin::mocked);
    EXPECT_EQ(read_text((out / file.name).string()), read_text(files + "/" + file.name))
        << file.name;
  }
  std::filesystem::remove_all(out);
}

TEST(Seed, TheFilesComeFromTheSchemas) {
  expect_made_from("seed/mockaroo", "seed/data");
  expect_made_from("seed/foreign", "seed/foreign");
}

// And the foreign files, which are there to be cleaned on the way in, are not.
TEST(Seed, TheEightFilesAreNobodys) {
  const privacy::VerifyOptions options{.present_year = 2026};
  const auto clean = privacy::verify_files({"seed/data"}, options);
  ASSERT_TRUE(clean.ok()) << clean.error().message;
  EXPECT_TRUE(clean->clean()) << to_text(*clean);
  EXPECT_GT(clean->rows, 500u);
  const auto foreign = privacy::verify_files({"seed/foreign"}, options);
  ASSERT_TRUE(foreign.ok()) << foreign.error().message;
  for (const auto rule : {privacy::Rule::mrn, privacy::Rule::street}) {
    EXPECT_GT(foreign->count(rule).found, 0u) << to_text(*foreign);
  }
}

}  // namespace
}  // namespace pim::data
