// Whole generations: the same bytes however they are made, valid in every cell, joined by their
// ids, and a history that the domain accepts.
#include "data/generate/generate.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "data/csv.h"
#include "data/generate/block_source.h"
#include "data/generate/commands.h"
#include "data/generate/ordered_output.h"
#include "data/sha256.h"
#include "data/tables.h"
#include "domain/command_json.h"
#include "domain/domain_testing.h"
#include "domain/invariants_testing.h"

namespace pim::data::generate {
namespace {

namespace fs = std::filesystem;

Plan small_plan(std::uint64_t patients = 60, std::uint64_t seed = 11) {
  Plan plan;
  plan.patients = patients;
  plan.seed = seed;
  return plan;
}

using Files = std::array<std::string, kTableCount>;

Files files_of(const GeneratedBlocks& blocks, std::uint64_t first, std::uint64_t end,
               unsigned threads) {
  Files files;
  EXPECT_TRUE(write_in_order(blocks, first, end, threads, [&](const Texts& texts) {
    for (std::size_t i = 0; i < kTableCount; ++i) files[i] += texts.of[i].view();
    return true;
  }));
  return files;
}

Files files_of(const Plan& plan, FileKind kind, unsigned threads) {
  const GeneratedBlocks blocks(plan, kind);
  return files_of(blocks, 0, blocks.count(), threads);
}

std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::istringstream in(csv);
  CsvReader reader(in, ',');
  std::vector<std::vector<std::string>> rows;
  CsvRow row;
  for (auto read = reader.next(row); read.ok() && *read; read = reader.next(row)) {
    auto& cells = rows.emplace_back();
    for (const auto& field : row) cells.push_back(field.text);
  }
  return rows;
}

TEST(Generate, TheBytesDoNotDependOnTheThreads) {
  Plan plan = small_plan();
  plan.hot_patients = 2;
  plan.hot_encounters = 9000;  // more than one stretch: handed over in parts
  for (const auto kind : {FileKind::csv, FileKind::jsonl, FileKind::sql}) {
    const auto one = files_of(plan, kind, 1);
    for (const unsigned threads : {2U, 3U, 7U}) {
      EXPECT_TRUE(files_of(plan, kind, threads) == one) << threads << " threads";
    }
  }
  EXPECT_FALSE(files_of(small_plan(60, 12), FileKind::csv, 1) == files_of(plan, FileKind::csv, 1));
}

// Whoever changes the bytes raises kGeneratorVersion, and writes the new digest beside it.
TEST(Generate, TheBytesBelongToTheVersion) {
  Sha256 hash;
  for (const auto& file : files_of(small_plan(), FileKind::csv, 2)) hash.add(file);
  EXPECT_EQ(kGeneratorVersion, 2U);
  EXPECT_EQ(hash.hex(), "d8637e64311a1cd8e2fc44f7fc806e8145c677976768ecdff024ef934cc8a7f3");
}

TEST(Generate, ASliceIsMadeAlone) {
  const GeneratedBlocks blocks(small_plan(), FileKind::csv);
  const auto all = files_of(blocks, 0, blocks.count(), 2);
  const std::uint64_t middle = blocks.count() / 2;
  const auto before = files_of(blocks, 0, middle, 1);
  const auto slice = files_of(blocks, middle, middle + 2, 1);
  for (std::size_t i = 0; i < kTableCount; ++i) {
    EXPECT_EQ(all[i].substr(before[i].size(), slice[i].size()), slice[i]);
  }
  EXPECT_FALSE(slice[static_cast<std::size_t>(TableIndex::billing)].empty());

  // one row, from its place alone
  const Population& population = blocks.population();
  const Person person = population.person(33);
  const auto patient = "\n" + std::string(id_text(draw(11, Purpose::patient_id, 33)).view()) + "," +
                       std::to_string(person.birth_year) + ",";
  EXPECT_NE(all[static_cast<std::size_t>(TableIndex::patients)].find(patient), std::string::npos);
}

TEST(Generate, EveryCellIsValidAndEveryReferenceLeadsToAParent) {
  for (const std::uint64_t seed : {1ULL, 2ULL, ~0ULL}) {
    const auto files = files_of(small_plan(40, seed), FileKind::csv, 1);
    std::map<std::string, std::set<std::string>> ids;
    std::set<std::string> all_ids;
    for (std::size_t t = 0; t < kTableCount; ++t) {
      const Table& table = all_tables()[t];
      EXPECT_EQ(rows_of(head_of(FileKind::csv, static_cast<TableIndex>(t))).front().size(),
                table.columns.size());
      for (const auto& row : rows_of(files[t])) {
        ASSERT_EQ(row.size(), table.columns.size()) << table.name;
        for (std::size_t c = 0; c < row.size(); ++c) {
          const Column& column = table.columns[c];
          if (row[c].empty()) {
            EXPECT_FALSE(column.required) << table.name << "." << column.name;
          } else {
            EXPECT_TRUE(column.valid(row[c])) << table.name << "." << column.name << " " << row[c];
          }
          if (!column.refers_to.empty()) {
            EXPECT_TRUE(ids[std::string(column.refers_to)].contains(row[c]))
                << table.name << "." << column.name;
          }
        }
        ids[std::string(table.name)].insert(row[0]);
        EXPECT_TRUE(all_ids.insert(row[0]).second) << "an id twice, seed " << seed;
      }
      EXPECT_FALSE(ids[std::string(table.name)].empty()) << table.name;
    }
  }
}

// The commands of a plan, offered to the domain in order. Fails where one is refused.
class Registry {
 public:
  bool offer(const OutgoingCommand& command) {
    PresetFields presets;
    if (command.path.find("/encounters/") != std::string::npos) {
      const auto at = command.path.find("/encounters/") + 12;
      presets.emplace_back("encounter_id", command.path.substr(at, 36));
    }
    const auto parsed = command_from_json(command.name, command.body, presets);
    if (!parsed) {
      ADD_FAILURE() << command.name << ": " << parsed.error().field << " "
                    << parsed.error().message;
      return false;
    }
    References references;
    references.now = UtcMillis{1'772'323'200'000};  // 2026-03-01
    for (const auto& reference : references_of(*parsed)) {
      if (const auto* provider = std::get_if<ProviderId>(&reference)) {
        const bool known = streams_.contains(provider->value);
        references.providers.emplace_back(*provider, ReferenceFact{known ? 1U : 0U, {}});
      } else {
        const auto facility = std::get<FacilityId>(reference);
        const bool known = streams_.contains(facility.value);
        references.facilities.emplace_back(facility, ReferenceFact{known ? 1U : 0U, {}});
      }
    }
    auto& state = streams_[command.stream];
    const auto events = decide(state, references, *parsed);
    if (!events) {
      ADD_FAILURE() << command.name << " " << command.path << " " << command.body << ": "
                    << events.error().type;
      return false;
    }
    for (const auto& event : *events) evolve(state, event);
    EXPECT_TRUE(keys_.insert(command.request_id).second) << "an idempotency key twice";
    ++commands;
    return true;
  }
  const std::map<Uuid, StreamState>& streams() const { return streams_; }

  std::uint64_t commands = 0;

 private:
  std::map<Uuid, StreamState> streams_;
  std::set<std::string> keys_;
};

class ToRegistry final : public Sender {
 public:
  explicit ToRegistry(Registry& registry) : registry_(registry) {}
  Result<SendReply, SendFailure> send(const OutgoingCommand& command) override {
    SendReply reply;
    reply.status = registry_.offer(command) ? 201 : 409;
    return reply;
  }

 private:
  Registry& registry_;
};

TEST(Generate, TheDomainAcceptsEveryHistory) {
  for (const std::uint64_t seed : {5ULL, 6ULL}) {
    Registry registry;
    SendOptions options;
    options.connect = [&] { return std::make_unique<ToRegistry>(registry); };
    const auto sent = send_plan(small_plan(120, seed), options);
    ASSERT_TRUE(sent.ok());
    EXPECT_EQ(sent->refused, 0U);
    EXPECT_EQ(sent->accepted, registry.commands);
    std::size_t deceased = 0;
    std::size_t inpatient = 0;
    for (const auto& [id, state] : registry.streams()) {
      const auto* patient = std::get_if<Patient>(&state);
      if (patient == nullptr) continue;
      EXPECT_EQ(domain_testing::violations(*patient, UtcMillis{1'772'323'200'000}),
                std::vector<std::string>{})
          << "seed " << seed;
      deceased += patient->facts.status == PatientStatus::deceased ? 1 : 0;
      UtcMillis before{0};
      UtcMillis free{0};
      for (const auto& encounter : patient->encounters.all()) {
        EXPECT_GE(encounter.admitted_at, before) << "a patient's encounters are in order";
        before = encounter.admitted_at;
        if (encounter.class_ != EncounterClass::inpatient) continue;
        ++inpatient;
        EXPECT_GE(encounter.admitted_at, free) << "two stays at once";
        free = encounter.discharged_at.value_or(UtcMillis{4'102'444'800'000});
      }
    }
    EXPECT_GT(deceased, 0U);
    EXPECT_GT(inpatient, 5U);
  }
}

TEST(Generate, TheYearsOfALifeAreInOrder) {
  Plan plan = small_plan(3000, 3);
  const Population population(plan);
  for (std::uint64_t i = 0; i < plan.patients; ++i) {
    const Person person = population.person(i);
    EXPECT_GE(person.birth_year, 1936U) << "90 and above is 90";
    EXPECT_LE(person.birth_year, 2026U);
    EXPECT_TRUE(person.deceased_year == 0 || person.deceased_year >= person.birth_year);
    for (const std::uint32_t number : {0U, person.encounters - 1}) {
      const Visit visit = population.visit(person, number);
      EXPECT_GE(visit.admitted.seconds, person.birth_day * 86'400) << "born before it is seen";
      EXPECT_LE(visit.admitted.seconds, person.end_seconds);
      const auto end = population.discharge(person, visit, number, 0xFFFFFFFF);
      EXPECT_TRUE(end == 0 || (end >= visit.admitted.seconds && end <= person.end_seconds));
      EXPECT_TRUE(end != 0 || person.deceased_year == 0) << "the dead are discharged";
    }
  }
}

TEST(Generate, HotPatientsAreAsHotAsAsked) {
  Plan plan = small_plan(100);
  plan.hot_patients = 3;
  plan.hot_encounters = 5000;
  const Population population(plan);
  int hot = 0;
  for (std::uint64_t i = 0; i < plan.patients; ++i) {
    if (population.person(i).encounters == 5000) ++hot;
  }
  EXPECT_EQ(hot, 3);
}

TEST(Generate, JsonAndSqlSayWhatTheCsvSays) {
  const auto plan = small_plan(10);
  const auto csv = files_of(plan, FileKind::csv, 1);
  const auto jsonl = files_of(plan, FileKind::jsonl, 1);
  const auto sql = files_of(plan, FileKind::sql, 1);
  for (std::size_t t = 0; t < kTableCount; ++t) {
    const Table& table = all_tables()[t];
    std::istringstream json_lines(jsonl[t]);
    std::string all_json;
    std::string all_sql;
    for (const auto& row : rows_of(csv[t])) {
      std::string line;
      ASSERT_TRUE(std::getline(json_lines, line));
      for (std::size_t c = 0; c < row.size(); ++c) {
        const auto key = "\"" + std::string(table.columns[c].name) + "\":";
        const bool found = line.find(key + "\"" + row[c] + "\"") != std::string::npos ||
                           line.find(key + (row[c].empty() ? "null" : row[c])) != std::string::npos;
        EXPECT_TRUE(found) << key << row[c] << " in " << line;
      }
      all_sql += "(";
      for (std::size_t c = 0; c < row.size(); ++c) {
        const auto name = table.columns[c].name;
        const bool number = name == "birth_year" || name == "deceased_year" || name == "beds" ||
                            name == "rank" || name == "quantity" || name == "qty" ||
                            name == "line_no" || name.ends_with("_cents");
        if (c > 0) all_sql += ",";
        all_sql += row[c].empty() ? "NULL" : number ? row[c] : "'" + row[c] + "'";
      }
      all_sql += ")";
    }
    std::string statements;
    std::string bare = sql[t];
    const auto insert = "INSERT INTO \"" + std::string(table.name) + "\"";
    ASSERT_TRUE(bare.starts_with(insert));
    std::istringstream lines(bare);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("INSERT")) continue;
      while (!line.empty() && (line.back() == ',' || line.back() == ';')) line.pop_back();
      statements += line;
    }
    EXPECT_EQ(statements, all_sql) << table.name;
  }
  EXPECT_NE(head_of(FileKind::sql, TableIndex::encounters).find("REFERENCES \"patients\""),
            std::string::npos);
}

class GeneratedDirectory : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("pim-generate-" + std::to_string(::getpid()));
    fs::remove_all(path_);
    options_.directory = path_.string();
    options_.version = "test";
  }
  void TearDown() override { fs::remove_all(path_); }

  fs::path path_;
  GenerateOptions options_;
};

TEST_F(GeneratedDirectory, GetsFilesThatTheManifestVouchesFor) {
  const auto plan = small_plan(20);
  const auto manifest = generate_files(plan, options_);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_TRUE(manifest->synthetic);
  EXPECT_EQ(manifest->files.size(), kTableCount);
  EXPECT_EQ(manifest->version, "test+generator." + std::to_string(kGeneratorVersion));
  EXPECT_TRUE(manifest->generator.starts_with("pim data generate")) << manifest->generator;
  for (const auto& file : manifest->files) {
    const auto digest = digest_file((path_ / file.name).string());
    ASSERT_TRUE(digest.has_value()) << file.name;
    EXPECT_EQ(digest->sha256, file.sha256);
    EXPECT_EQ(digest->bytes, file.bytes);
    std::ifstream in(path_ / file.name);
    std::string line;
    std::uint64_t lines = 0;
    while (std::getline(in, line)) ++lines;
    EXPECT_EQ(lines, file.rows + 1);
  }
  const auto on_disk = [&] {
    std::ifstream in(path_ / "manifest.json");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  };
  EXPECT_EQ(on_disk(), to_json(*manifest));

  // with more threads: the same manifest, so the same bytes
  options_.threads = 3;
  const auto again = generate_files(plan, options_);
  ASSERT_TRUE(again.ok()) << "the same generation may be made again";
  EXPECT_EQ(to_json(*again), to_json(*manifest));
}

TEST_F(GeneratedDirectory, IsNotOverwrittenByAnotherGeneration) {
  ASSERT_TRUE(generate_files(small_plan(5), options_).ok());
  const auto other = generate_files(small_plan(6), options_);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().kind, GenerateError::Kind::usage);
  EXPECT_TRUE(fs::exists(path_ / "manifest.json"));
  options_.force = true;
  EXPECT_TRUE(generate_files(small_plan(6), options_).ok());
}

TEST_F(GeneratedDirectory, MayHoldWhatAnInterruptedGenerationLeft) {
  fs::create_directories(path_);
  std::ofstream(path_ / "patients.csv.partial") << "half";
  EXPECT_TRUE(generate_files(small_plan(5), options_).ok());
  EXPECT_FALSE(fs::exists(path_ / "patients.csv.partial"));
}

TEST_F(GeneratedDirectory, ThatCannotBeWrittenIsAnErrorOfTheEnvironment) {
  std::ofstream(path_.string()) << "a file";
  const auto made = generate_files(small_plan(5), options_);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, GenerateError::Kind::environment);
}

TEST(Plan, RefusesWhatCannotBeGenerated) {
  const auto refused = [](auto change) {
    Plan plan;
    change(plan);
    return !problem_of(plan).empty();
  };
  EXPECT_EQ(problem_of(Plan{}), "");
  EXPECT_TRUE(refused([](Plan& plan) { plan.patients = 0; }));
  EXPECT_TRUE(refused([](Plan& plan) { plan.to_day = plan.from_day; }));
  EXPECT_TRUE(refused([](Plan& plan) { plan.to_day = 100'000; }));
  EXPECT_TRUE(refused([](Plan& plan) { plan.from_day = -1; }));
  EXPECT_TRUE(refused([](Plan& plan) { plan.hot_patients = plan.patients + 1; }));
  EXPECT_TRUE(refused([](Plan& plan) { plan.hot_encounters = 0; }));
  EXPECT_TRUE(refused([](Plan& plan) { plan.skew = -1; }));
}

}  // namespace
}  // namespace pim::data::generate
