#include "readmodel/rebuild.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "readmodel/read_model_testing.h"
#include "store/planted_testing.h"

namespace pim::readmodel {
namespace {

namespace fs = std::filesystem;
using store::sqlite::TemporaryDirectory;

class RebuildTest : public testing::Test {
 protected:
  void SetUp() override { model_ = open_model(store_, directory_.path()); }
  void TearDown() override { store_.on_commit(nullptr); }
  RebuildReport rebuild(bool apply) {
    auto report = model_->rebuild(apply);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : RebuildReport{};
  }
  // Past the model's back, as a disk would.
  void execute(const std::string& sql) {
    sqlite3* raw = nullptr;
    const std::string path = directory_.path() + "/readmodel.db";
    ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
    sqlite3_busy_timeout(raw, 60'000);
    EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(raw);
    sqlite3_close(raw);
  }

  TemporaryDirectory directory_;
  SharedStore store_{61};
  History history_{store_, 61};
  std::unique_ptr<ReadModel> model_;
};

TEST_F(RebuildTest, AgreesWithTheLiveModelRowByRow) {
  history_.grow(500);
  ASSERT_TRUE(model_->catch_up(in_a_minute()));
  const auto report = rebuild(false);
  EXPECT_TRUE(report.differences.empty()) << report.differences.front();
  EXPECT_EQ(report.events, history_.events());
  EXPECT_GT(report.rows_compared, 50U);
  EXPECT_FALSE(report.switched);
  EXPECT_FALSE(fs::exists(directory_.path() + "/readmodel.db.rebuild"));
}

TEST_F(RebuildTest, FindsTheEventsThatAPlantedBugDrops) {
  {
    const store::PlantedBug bug(store::Bug::projection_skip);
    history_.grow(400);
    ASSERT_TRUE(model_->catch_up(in_a_minute()));
  }
  EXPECT_FALSE(rebuild(true).differences.empty());
  EXPECT_TRUE(rebuild(false).differences.empty()) << "the switch put it right";
  expect_queries_equal_folding(model_->queries(), history_, 4);
}

TEST_F(RebuildTest, FindsEachRowThatIsNotAsTheHistorySays) {
  history_.grow(500);
  ASSERT_TRUE(model_->catch_up(in_a_minute()));
  const char* one_patient = "(SELECT patient_id FROM encounter ORDER BY patient_id LIMIT 1)";
  const std::pair<std::string, std::string> damages[] = {
      {std::string("UPDATE patient SET version=version+1 WHERE patient_id=") + one_patient,
       "patient"},
      {std::string("DELETE FROM patient WHERE patient_id=") + one_patient, "patient"},
      {"UPDATE encounter SET doc=replace(doc,'open','final') WHERE number="
       "(SELECT number FROM encounter WHERE doc LIKE '%open%' LIMIT 1)",
       "encounter"},
      {"DELETE FROM encounter WHERE number=(SELECT max(number) FROM encounter)", "encounter"},
      {"UPDATE reference_data SET tenant='x-health' WHERE kind=2", "reference_data"},
      {"INSERT INTO code_count VALUES('north-health','PCS','0DTJ4ZZ',3)"
       " ON CONFLICT DO UPDATE SET count=count+1",
       "code_count"}};
  for (const auto& [sql, table] : damages) {
    execute(sql);
    const auto report = rebuild(true);
    ASSERT_FALSE(report.differences.empty()) << sql;
    EXPECT_EQ(report.differences.front().find(table), 0U) << report.differences.front();
    EXPECT_TRUE(report.switched);
    const auto again = rebuild(false);
    EXPECT_TRUE(again.differences.empty()) << sql << ": " << again.differences.front();
  }
}

TEST_F(RebuildTest, GoesOnWhileEventsAreWrittenAndChartsAreRead) {
  history_.grow(300);
  ASSERT_TRUE(model_->catch_up(in_a_minute()));
  std::atomic<bool> stop{false};
  std::atomic<int> failures{0};
  std::atomic<int> reads{0};
  const PatientId patient{history_.patient(1).value};
  ASSERT_TRUE(model_->queries().chart(patient, {}, anyone()));
  std::thread reader([&] {
    while (!stop) {
      ++reads;
      if (!model_->queries().chart(patient, {}, anyone())) ++failures;
    }
  });
  std::thread writer([&] {
    while (!stop) history_.grow(5);
  });
  std::vector<std::string> differences;
  for (int i = 0; i < 3; ++i) {
    auto report = rebuild(true);
    EXPECT_TRUE(report.switched);
    differences.insert(differences.end(), report.differences.begin(), report.differences.end());
  }
  stop = true;
  reader.join();
  writer.join();
  EXPECT_TRUE(differences.empty()) << differences.front();
  EXPECT_EQ(failures, 0);
  EXPECT_GT(reads, 0);
  ASSERT_TRUE(model_->catch_up(in_a_minute()));
  expect_queries_equal_folding(model_->queries(), history_, 4);
  EXPECT_TRUE(rebuild(false).differences.empty());
}

TEST_F(RebuildTest, AFileOfAnotherHistoryIsMadeAgain) {
  history_.grow(200);
  ASSERT_TRUE(model_->catch_up(in_a_minute()));
  store_.on_commit(nullptr);
  model_.reset();
  SharedStore other_store(62);
  History other(other_store, 62);
  other.grow(150);
  auto model = open_model(other_store, directory_.path());
  ASSERT_TRUE(model->catch_up(in_a_minute()));
  expect_queries_equal_folding(model->queries(), other, 4);
  EXPECT_TRUE(model->rebuild(false)->differences.empty());
  other_store.on_commit(nullptr);
}

TEST_F(RebuildTest, AFileThatIsNoDatabaseIsMadeAgain) {
  history_.grow(100);
  store_.on_commit(nullptr);
  model_.reset();
  for (const char* suffix : {"-wal", "-shm"}) {
    fs::remove(directory_.path() + "/readmodel.db" + suffix);
  }
  fs::resize_file(directory_.path() + "/readmodel.db", 0);
  {
    std::FILE* file = std::fopen((directory_.path() + "/readmodel.db").c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fputs(std::string(8192, 'x').c_str(), file);
    std::fclose(file);
  }
  model_ = open_model(store_, directory_.path());
  ASSERT_TRUE(model_->catch_up(in_a_minute()));
  expect_queries_equal_folding(model_->queries(), history_, 4);
}

// What a killed process leaves is what its files hold at some moment; a power loss may also take
// the end of the WAL.
TEST_F(RebuildTest, ResumesExactlyOnceFromWhatAKillLeaves) {
  for (int round = 0; round < 6; ++round) {
    history_.grow(80);
    ASSERT_TRUE(model_->catch_up(in_a_minute()));
    const TemporaryDirectory copy;
    for (const char* suffix : {"", "-wal"}) {
      const std::string name = std::string("/readmodel.db") + suffix;
      fs::copy_file(directory_.path() + name, copy.path() + name);
    }
    const std::string wal = copy.path() + "/readmodel.db-wal";
    if (round % 2 == 1) {
      fs::resize_file(wal, fs::file_size(wal) * static_cast<std::uintmax_t>(6 - round) / 7);
    }
    history_.grow(40);
    ReadModelOptions options;
    options.directory = copy.path();
    auto resumed = ReadModel::open(store_, options);
    ASSERT_TRUE(resumed) << resumed.error().message;
    ASSERT_TRUE((*resumed)->catch_up(in_a_minute()));
    const auto report = (*resumed)->rebuild(false);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->differences.empty()) << "round " << round << report->differences.front();
    expect_queries_equal_folding((*resumed)->queries(), history_, 200);
  }
}

}  // namespace
}  // namespace pim::readmodel
