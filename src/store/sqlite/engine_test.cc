#include "store/sqlite/engine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include "store/contract_testing.h"
#include "store/planted_testing.h"
#include "store/sample_testing.h"
#include "store/sqlite/fault_vfs_testing.h"
#include "store/sqlite/temporary_directory_testing.h"
#include "store/sqlite/write_session.h"

namespace pim::store::sqlite {
namespace {

class SqliteHarness final : public StoreHarness {
 public:
  SqliteHarness() {
    SqliteOptions options;
    options.directory = directory_.path() + "/store";
    options.low_water_bytes = 0;
    auto opened = open_sqlite_store(options);
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    if (opened.ok()) store_ = std::move(*opened);
  }
  EventStore& store() override { return *store_; }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<EventStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, EventStoreContract,
                         testing::Values(Engine{"Plain",
                                                [] { return std::make_unique<SqliteHarness>(); }}),
                         engine_name);

constexpr BucketId kBucket{7};
using Kind = AppendResult::Kind;

class SqliteStore : public testing::Test {
 protected:
  SqliteStore() {
    options_.directory = directory_.path() + "/store";
    options_.low_water_bytes = 0;
    options_.idle = std::chrono::hours(1);
  }
  void open() {
    auto opened = open_sqlite_store(options_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }
  BatchResult append(Append one) {
    std::promise<BatchResult> promise;
    auto future = promise.get_future();
    std::vector<Append> batch;
    batch.push_back(std::move(one));
    store_->append(std::move(batch),
                   [&promise](BatchResult result) { promise.set_value(std::move(result)); });
    return future.get();
  }
  void commit(Append one) {
    auto result = append(std::move(one));
    ASSERT_TRUE(result.ok()) << result.error().message;
    ASSERT_EQ(result->front().kind, Kind::committed);
  }
  std::size_t receipts() {
    auto reader = store_->open_reader();
    std::uint64_t cursor = 0;
    return (*reader)->read_receipts(cursor, 10'000)->size();
  }

  TemporaryDirectory directory_;
  SqliteOptions options_;
  std::unique_ptr<EventStore> store_;
  const StreamId stream_ = sample::stream_in(kBucket, 0);
};

TEST_F(SqliteStore, KeepsEverythingThroughACloseAndAnOpen) {
  open();
  const NodeId node = store_->node();
  commit(sample::append(node, stream_, 0, 3, "r1"));
  store_.reset();
  EXPECT_FALSE(std::filesystem::exists(wal_path(options_.directory)) &&
               std::filesystem::file_size(wal_path(options_.directory)) > 0)
      << "a clean close copies the log back";
  open();
  EXPECT_EQ(store_->node(), node);
  auto reader = store_->open_reader();
  EXPECT_EQ((*reader)->read_stream(kBucket, stream_, 0, 10)->size(), 3u);
  EXPECT_EQ(append(sample::append(node, stream_, 0, 3, "r1"))->front().kind, Kind::duplicate);
}

TEST_F(SqliteStore, IsOpenedByOneProcessAtATime) {
  open();
  const auto second = open_sqlite_store(options_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, StoreErrorKind::unavailable);
  EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid())), std::string::npos)
      << second.error().message;
  store_.reset();
  open();
}

TEST_F(SqliteStore, SaysWhereItCannotBeMade) {
  options_.directory = "/proc/no/store";
  const auto opened = open_sqlite_store(options_);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("/proc/no"), std::string::npos) << opened.error().message;
}

TEST_F(SqliteStore, ReadsOnlyBelowTheLowWaterMark) {
  open();
  const NodeId node = store_->node();
  commit(sample::append(node, stream_, 0, 1, "r1"));
  store_.reset();
  options_.low_water_bytes = std::uint64_t{1} << 62;
  open();
  const auto result = append(sample::append(node, stream_, 1, 1, "r2"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, StoreErrorKind::disk_low);
  EXPECT_NE(result.error().message.find("low-water"), std::string::npos);
  auto reader = store_->open_reader();
  EXPECT_EQ((*reader)->read_stream(kBucket, stream_, 0, 10)->size(), 1u);
}

TEST_F(SqliteStore, RemovesOldReceiptsOfRejectionsWhenIdle) {
  const std::int64_t now = 1'800'000'000'000;
  options_.now = [] { return UtcMillis{now}; };
  options_.idle = std::chrono::milliseconds(1);
  open();
  const NodeId node = store_->node();
  const auto at = [&](Append one, std::int64_t age_hours) {
    one.receipt.origin.recorded_at = UtcMillis{now - age_hours * 3'600'000};
    commit(std::move(one));
  };
  at(sample::append(node, stream_, 0, 1, "accepted, old"), 1000);
  at(sample::rejection(node, stream_, 1, "rejected, new"), 23);
  for (int i = 0; i < 300; ++i) {  // more than one slice
    at(sample::rejection(node, stream_, 1, "rejected, old " + std::to_string(i)), 25);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (receipts() > 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(receipts(), 2u);
  EXPECT_EQ(append(sample::append(node, stream_, 9, 1, "accepted, old"))->front().kind,
            Kind::duplicate);
  EXPECT_EQ(append(sample::rejection(node, stream_, 1, "rejected, new"))->front().kind,
            Kind::duplicate);
}

TEST_F(SqliteStore, BeginsItsLogAnewBeforeItReachesTheCap) {
  options_.checkpoint_bytes = 128 << 10;
  options_.wal_cap_bytes = 2 << 20;
  options_.sync_in_place = true;
  open();
  const NodeId node = store_->node();
  std::uintmax_t longest = 0;
  for (Version v = 0; v < 300; ++v) {  // three times the cap
    Append one = sample::append(node, stream_, v, 1, "r" + std::to_string(v));
    one.events[0].data = "{\"pad\":\"" + std::string(20'000, 'x') + "\"}";
    commit(std::move(one));
    longest = std::max(longest, std::filesystem::file_size(wal_path(options_.directory)));
  }
  EXPECT_LT(longest, options_.wal_cap_bytes);
  EXPECT_GT(longest, options_.wal_cap_bytes / 2);
}

TEST_F(SqliteStore, MeasuresItsSyncsItsCheckpointsAndItsFiles) {
  options_.checkpoint_bytes = 64 << 10;
  options_.low_water_bytes = 4096;
  options_.sync_in_place = true;
  open();
  const NodeId node = store_->node();
  const StoreStats before = store_->stats();
  for (Version v = 0; v < 40; ++v) {
    Append one = sample::append(node, stream_, v, 1, "r" + std::to_string(v));
    one.events[0].data = "{\"pad\":\"" + std::string(8'000, 'x') + "\"}";
    commit(std::move(one));
  }
  const StoreStats after = store_->stats();
  EXPECT_GE(after.log_sync.count(), before.log_sync.count() + 40) << "one a commit";
  EXPECT_GT(after.log_sync.sum, before.log_sync.sum);
  EXPECT_GT(after.database_sync.count(), 0U);
  EXPECT_GT(after.checkpoint.count(), 0U);
  EXPECT_GT(after.page_hits, before.page_hits);
  EXPECT_GT(after.log_bytes, std::uint64_t{40} * 8'000);
  EXPECT_LE(after.log_bytes, std::filesystem::file_size(wal_path(options_.directory)));
  EXPECT_EQ(after.database_bytes, std::filesystem::file_size(database_path(options_.directory)));
  EXPECT_GT(after.free_bytes, 0U);
  EXPECT_EQ(after.low_water_bytes, 4096U);
}

TEST_F(SqliteStore, CopiesItsLogBackWhenIdle) {
  options_.idle = std::chrono::milliseconds(1);
  open();
  commit(sample::append(store_->node(), stream_, 0, 1, "r1"));
  // Without its log the database alone has the event.
  const auto copied = [&] {
    const std::string copy = directory_.path() + "/copy.db";
    std::filesystem::copy_file(database_path(options_.directory), copy,
                               std::filesystem::copy_options::overwrite_existing);
    auto connection = Connection::open(copy, OpenMode::read_write, "");
    if (!connection) return false;
    auto events = connection->query_integer("SELECT count(*) FROM event");
    return events.ok() && *events == 1;
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  bool done = false;
  while (!done && std::chrono::steady_clock::now() < deadline) done = copied();
  EXPECT_TRUE(done);
}

TEST_F(SqliteStore, LeavesReadersUnavailableWhenItGoes) {
  open();
  auto reader = store_->open_reader();
  ASSERT_TRUE((*reader)->heads().ok());
  store_.reset();
  const auto heads = (*reader)->heads();
  ASSERT_FALSE(heads.ok());
  EXPECT_EQ(heads.error().kind, StoreErrorKind::unavailable);
}

TEST_F(SqliteStore, RefusesToChangeAHeadFromWithinACompletion) {
  open();
  std::promise<StoreErrorKind> kind;
  store_->append({}, [&](const BatchResult&) {
    const BucketHead head;
    kind.set_value(store_->change_head(head, head).error().kind);
  });
  EXPECT_EQ(kind.get_future().get(), StoreErrorKind::rejected);
}

TEST_F(SqliteStore, CompletesWhatWaitsWhenItCloses) {
  open();
  std::atomic<int> completed{0};
  for (int i = 0; i < 200; ++i) {
    store_->load(kBucket, stream_, [&](const StoreResult<StreamHistory>&) { ++completed; });
    store_->find_receipt("u", "r", stream_,
                         [&](const StoreResult<std::vector<Receipt>>&) { ++completed; });
  }
  store_->append({}, [&](const BatchResult&) { ++completed; });
  store_.reset();
  EXPECT_EQ(completed, 401);
}

// The negative controls that need no power loss.
TEST_F(SqliteStore, LosesWhatAPlantedBugSays) {
  {
    const PlantedBug bug(Bug::lost_dedupe);
    open();
    commit(sample::append(store_->node(), stream_, 0, 1, "r1"));
    commit(sample::append(store_->node(), stream_, 1, 1, "r1"));
    store_.reset();
  }
  {
    const PlantedBug bug(Bug::ignore_fence);
    open();
    Append fenced = sample::append(NodeId{sample::uuid(9)}, stream_, 2, 1, "r2");
    fenced.epoch = Epoch{77};
    commit(fenced);
    store_.reset();
  }
  {
    const PlantedBug bug(Bug::drop_user);
    open();
    commit(sample::append(store_->node(), stream_, 3, 1, "r3"));
    auto reader = store_->open_reader();
    EXPECT_EQ((*reader)->read_stream(kBucket, stream_, 3, 1)->front().origin.user_id, "");
  }
}

TEST(SqliteStoreOnAFaultyDisk, StaysDownUntilARecoverySucceeds) {
  FaultDisk disk(1);
  FaultVfs vfs(disk);
  SqliteOptions options;
  options.directory = "/store";
  options.vfs = vfs.name();
  options.files = &vfs.files();
  auto opened = open_sqlite_store(options);
  ASSERT_TRUE(opened.ok());
  EventStore& store = **opened;
  const StreamId stream = sample::stream_in(kBucket, 0);
  const auto append = [&](const std::string& request) {
    std::promise<BatchResult> promise;
    auto future = promise.get_future();
    store.append({sample::append(store.node(), stream, 0, 1, request)},
                 [&promise](BatchResult result) { promise.set_value(std::move(result)); });
    return future.get();
  };
  const auto recover = [&] {
    std::promise<StoreResult<void>> promise;
    auto future = promise.get_future();
    store.recover([&promise](StoreResult<void> result) { promise.set_value(std::move(result)); });
    return future.get();
  };
  auto reader = store.open_reader();
  ASSERT_TRUE((*reader)->heads().ok());

  disk.fail_next_sync();
  EXPECT_EQ(append("r1").error().kind, StoreErrorKind::unknown);
  EXPECT_EQ(append("r2").error().kind, StoreErrorKind::unavailable);
  EXPECT_EQ((*reader)->heads().error().kind, StoreErrorKind::unavailable);
  disk.fail_next_sync();  // of the copy
  EXPECT_EQ(recover().error().kind, StoreErrorKind::unavailable);
  EXPECT_EQ(append("r3").error().kind, StoreErrorKind::unavailable);
  EXPECT_EQ((*reader)->heads().error().kind, StoreErrorKind::unavailable);
  ASSERT_TRUE(recover().ok());
  EXPECT_TRUE((*reader)->heads().ok());
  EXPECT_TRUE(append("r4").ok());
}

}  // namespace
}  // namespace pim::store::sqlite
