#include "store/sqlite/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "store/sample_testing.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/temporary_directory_testing.h"
#include "store/sqlite/write_session.h"

namespace pim::store::sqlite {
namespace {

using Kind = AppendResult::Kind;
constexpr BucketId kBucket{7};
constexpr BucketId kOther{9};

StoreResult<std::unique_ptr<EventStore>> open_at(const std::string& directory) {
  SqliteOptions options;
  options.directory = directory;
  options.low_water_bytes = 0;
  return open_sqlite_store(options);
}

AppendResult append(EventStore& store, Append one) {
  std::promise<BatchResult> promise;
  auto future = promise.get_future();
  std::vector<Append> batch;
  batch.push_back(std::move(one));
  store.append(std::move(batch),
               [&promise](BatchResult result) { promise.set_value(std::move(result)); });
  auto result = future.get();
  EXPECT_TRUE(result.ok()) << result.error().message;
  return result.ok() ? result->front() : AppendResult{};
}

StoreResult<void> back_up(EventStore& store, const std::string& target) {
  std::promise<StoreResult<void>> promise;
  auto future = promise.get_future();
  store.backup(target,
               [&promise](StoreResult<void> result) { promise.set_value(std::move(result)); });
  return future.get();
}

BucketHead head_of(EventStore& store, BucketId bucket) {
  auto reader = store.open_reader();
  return (*(*reader)->heads())[bucket.value];
}

Anchor anchor_at(const BucketHead& head) {
  return {head.owner, UtcMillis{1'700'000'000'000}, head.bucket,
          head.epoch, head.next_position,           head.chain_hash};
}

class Backup : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = open_at(live_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }
  // Three events, and a backup of them.
  void back_up_some() {
    append(*store_, sample::append(store_->node(), stream_, 0, 3, "r1"));
    const auto done = back_up(*store_, backup_);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  TemporaryDirectory directory_;
  const std::string live_ = directory_.path() + "/live";
  const std::string backup_ = directory_.path() + "/backup";
  const std::string restored_ = directory_.path() + "/restored";
  const StreamId stream_ = sample::stream_in(kBucket, 0);
  std::unique_ptr<EventStore> store_;
};

TEST_F(Backup, IsWholeAndConsistentWhileAppendsGoOn) {
  const NodeId node = store_->node();
  Version version = 0;
  const auto write_one = [&] {
    Append one = sample::append(node, stream_, version, 1, "r" + std::to_string(version));
    one.events[0].data = "{\"pad\":\"" + std::string(8000, 'x') + "\"}";
    ASSERT_EQ(append(*store_, std::move(one)).kind, Kind::committed);
    ++version;
  };
  for (int i = 0; i < 300; ++i) write_one();  // several steps' worth of pages
  const Version before = version;

  std::atomic<bool> ended{false};
  std::optional<StoreResult<void>> result;
  std::thread waiter([&] {
    result = back_up(*store_, backup_);
    ended = true;
  });
  while (!ended) write_one();
  waiter.join();
  ASSERT_TRUE(result->ok()) << result->error().message;

  const auto manifest = verify_backup(backup_);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_GE(manifest->events, before);
  EXPECT_LE(manifest->events, version);
  EXPECT_EQ(manifest->receipts, manifest->events);
  EXPECT_EQ(manifest->node, node);
}

TEST_F(Backup, RestoresWhatItHeldAndTrustsNoneOfIt) {
  back_up_some();
  const NodeId old_node = store_->node();
  const auto manifest = restore(backup_, restored_);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  auto copy = open_at(restored_);
  ASSERT_TRUE(copy.ok()) << copy.error().message;
  EXPECT_NE((*copy)->node(), old_node);
  auto reader = (*copy)->open_reader();
  const auto heads = (*reader)->heads();
  ASSERT_TRUE(heads.ok());
  for (const BucketHead& head : *heads) ASSERT_EQ(head.state, BucketState::suspect);
  EXPECT_EQ((*reader)->read_stream(kBucket, stream_, 0, 10)->size(), 3u);
  EXPECT_EQ(append(**copy, sample::append(old_node, stream_, 3, 1, "r2")).kind, Kind::fenced);
  EXPECT_EQ(append(**copy, sample::append((*copy)->node(), stream_, 3, 1, "r2")).kind,
            Kind::fenced);
}

TEST_F(Backup, GoesOnAfterActivationWhereTheHistoryEnded) {
  back_up_some();
  const BucketHead anchored = head_of(*store_, kBucket);
  ASSERT_TRUE(restore(backup_, restored_).ok());
  const auto report = activate(restored_, {anchor_at(anchored)}, false);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_TRUE(report->activated);
  EXPECT_EQ(report->anchors_checked, 1u);
  EXPECT_TRUE(report->lost.empty());

  auto copy = open_at(restored_);
  ASSERT_TRUE(copy.ok());
  const BucketHead head = head_of(**copy, kBucket);
  EXPECT_EQ(head.state, BucketState::active);
  EXPECT_EQ(head.owner, (*copy)->node());
  EXPECT_GT(head.epoch, anchored.epoch);
  Append next = sample::append((*copy)->node(), stream_, 3, 1, "r2");
  next.epoch = head.epoch;
  const AppendResult result = append(**copy, next);
  ASSERT_EQ(result.kind, Kind::committed);
  EXPECT_EQ(result.receipt.first_position, 4u);
  auto reader = (*copy)->open_reader();
  EXPECT_EQ(*(*reader)->last_position_of(kBucket, Epoch{1}), 3u);
  EXPECT_EQ(sample::chain_problem(**reader, head_of(**copy, kBucket)), "");
}

TEST_F(Backup, TellsOfAnchoredEventsThatItLacksAndNeedsThemAccepted) {
  back_up_some();
  append(*store_, sample::append(store_->node(), stream_, 3, 2, "r2"));  // not in the backup
  const Anchor beyond = anchor_at(head_of(*store_, kBucket));
  ASSERT_TRUE(restore(backup_, restored_).ok());

  auto report = activate(restored_, {beyond}, false);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_FALSE(report->activated);
  ASSERT_EQ(report->lost.size(), 1u);
  EXPECT_EQ(report->lost[0].bucket, kBucket);
  EXPECT_EQ(report->lost[0].from, 4u);
  EXPECT_EQ(report->lost[0].to, 5u);
  {
    auto copy = open_at(restored_);
    EXPECT_EQ(head_of(**copy, kBucket).state, BucketState::suspect) << "nothing was changed";
  }
  Anchor later_epoch = beyond;
  later_epoch.epoch = Epoch{50};
  report = activate(restored_, {beyond, later_epoch}, true);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_TRUE(report->activated);
  auto copy = open_at(restored_);
  EXPECT_GT(head_of(**copy, kBucket).epoch, Epoch{50}) << "above every known epoch";
  EXPECT_EQ(head_of(**copy, kBucket).next_position, 4u) << "positions go on";
  auto reader = (*copy)->open_reader();
  EXPECT_EQ(*(*reader)->last_position_of(kBucket, Epoch{1}), 3u);
  EXPECT_EQ(*(*reader)->last_position_of(kBucket, Epoch{50}), 3u);
}

TEST_F(Backup, NeverActivatesAgainstAnAnchorThatItsHistoryDoesNotHold) {
  back_up_some();
  Anchor other = anchor_at(head_of(*store_, kBucket));
  other.chain_hash = sha256("another history");
  other.next_position = 3;
  Anchor never_written = other;
  never_written.bucket = kOther;
  never_written.next_position = 1;
  ASSERT_TRUE(restore(backup_, restored_).ok());
  const auto report = activate(restored_, {other, never_written}, true);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_FALSE(report->activated);
  EXPECT_EQ(report->mismatches.size(), 2u);
  auto copy = open_at(restored_);
  EXPECT_EQ(head_of(**copy, kBucket).state, BucketState::suspect);
}

TEST_F(Backup, IsActivatedOnce) {
  back_up_some();
  ASSERT_TRUE(restore(backup_, restored_).ok());
  ASSERT_TRUE(activate(restored_, {}, false)->activated);
  const auto again = activate(restored_, {}, false);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind, StoreErrorKind::rejected);
}

TEST_F(Backup, IsRefusedWhereAByteWasChanged) {
  back_up_some();
  {
    std::fstream file(database_path(backup_), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100'000);
    file.put('!');
  }
  const auto verified = verify_backup(backup_);
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().kind, StoreErrorKind::corrupt);
  EXPECT_FALSE(restore(backup_, restored_).ok());
  EXPECT_FALSE(std::filesystem::exists(database_path(restored_)));
}

TEST_F(Backup, IsRefusedWhereARowWasChangedAndTheManifestFitted) {
  back_up_some();
  {
    auto connection = Connection::open(database_path(backup_), OpenMode::read_write, "");
    ASSERT_TRUE(connection->execute("UPDATE event SET user_id = 'u.other' WHERE version = 2").ok());
  }
  auto manifest = read_manifest(backup_);
  ASSERT_TRUE(manifest.ok());
  manifest->sha256 = *sha256_of_file(database_path(backup_));
  manifest->bytes = std::filesystem::file_size(database_path(backup_));
  ASSERT_TRUE(write_manifest(backup_, *manifest).ok());
  const auto verified = verify_backup(backup_);
  ASSERT_FALSE(verified.ok());
  EXPECT_NE(verified.error().message.find("chain"), std::string::npos) << verified.error().message;
}

TEST_F(Backup, IsNoneWithoutItsManifest) {
  back_up_some();
  std::filesystem::remove(backup_ + "/MANIFEST");
  const auto verified = verify_backup(backup_);
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().kind, StoreErrorKind::rejected);
}

TEST_F(Backup, GoesOnlyIntoAnEmptyDirectoryAndRestoresOnlyIntoOneWithoutAStore) {
  back_up_some();
  const auto again = back_up(*store_, backup_);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind, StoreErrorKind::rejected);
  store_.reset();
  const auto over = restore(backup_, live_);
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().kind, StoreErrorKind::rejected);
}

TEST_F(Backup, EndsWithoutAManifestWhereTheStoreCloses) {
  Append big = sample::append(store_->node(), stream_, 0, 100, "r1");
  for (NewEvent& event : big.events) event.data = "\"" + std::string(100'000, 'x') + "\"";
  append(*store_, std::move(big));
  std::promise<StoreResult<void>> promise;
  auto future = promise.get_future();
  store_->backup(backup_,
                 [&promise](StoreResult<void> result) { promise.set_value(std::move(result)); });
  store_.reset();
  const auto result = future.get();
  // It may have been complete; then it must be whole.
  EXPECT_EQ(result.ok(), verify_backup(backup_).ok());
  if (!result.ok()) {
    EXPECT_EQ(result.error().kind, StoreErrorKind::unavailable);
  }
}

TEST_F(Backup, InspectTellsWhatIsThereAndWhoHasIt) {
  back_up_some();
  append(*store_, sample::rejection(store_->node(), stream_, 3, "r2"));
  const auto refused = inspect(live_);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("in use by process"), std::string::npos);
  const NodeId node = store_->node();
  store_.reset();
  const auto info = inspect(live_);
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(info->node, node);
  EXPECT_EQ(info->events, 3u);
  EXPECT_EQ(info->receipts, 2u);
  EXPECT_EQ(info->used_buckets, 1u);
  EXPECT_EQ(info->buckets_by_state[static_cast<std::size_t>(BucketState::active)], kBuckets);
  EXPECT_EQ(info->buckets_of_others, 0u);
  EXPECT_EQ(info->highest_epoch, Epoch{1});
  EXPECT_GT(info->database_bytes, 0u);
  EXPECT_FALSE(inspect(directory_.path() + "/nowhere").ok());
}

}  // namespace
}  // namespace pim::store::sqlite
