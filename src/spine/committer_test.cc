#include "spine/committer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "spine/manual_clock_testing.h"
#include "spine/scripted_store_testing.h"

namespace pim::spine {
namespace {

using namespace std::chrono_literals;
using Kind = CommitResult::Kind;
using AppendKind = store::AppendResult::Kind;
using store::StoreErrorKind;

class CommitterTest : public testing::Test {
 protected:
  static constexpr std::size_t kMaxBatch = 4;

  // Offers commands of these names; the committer never looks into a ticket.
  void offer(std::size_t shard, std::initializer_list<std::string> names) {
    std::vector<CommitItem> items;
    for (const std::string& name : names) {
      CommitItem item;
      item.append.receipt.origin.request_id = name;
      items.push_back(std::move(item));
    }
    committer_->offer(shard, std::move(items));
  }
  std::vector<std::string> names_in_batch() const {
    std::vector<std::string> names;
    for (const auto& append : store_.batches.front().appends) {
      names.push_back(append.receipt.origin.request_id);
    }
    return names;
  }
  std::vector<Kind> kinds(std::size_t shard) {
    std::vector<Kind> kinds;
    for (const CommitResult& result : delivered_[shard]) kinds.push_back(result.kind);
    delivered_[shard].clear();
    return kinds;
  }
  void answer_lookup(bool found) {
    auto lookup = ScriptedStore::take(store_.lookups);
    std::vector<store::Receipt> receipts;
    if (found) receipts.emplace_back().origin.request_id = lookup.request_id;
    lookup.done(std::move(receipts));
  }

  using Names = std::vector<std::string>;
  using Kinds = std::vector<Kind>;

  ScriptedStore store_;
  ManualClock clock_;
  int recovered_ = 0;
  std::vector<CommitResult> delivered_[2];
  std::shared_ptr<Committer> committer_ = std::make_shared<Committer>(
      store_, clock_, kMaxBatch,
      std::vector<Committer::Deliver>{
          [this](auto results) { std::ranges::move(results, std::back_inserter(delivered_[0])); },
          [this](auto results) { std::ranges::move(results, std::back_inserter(delivered_[1])); }},
      [this] { ++recovered_; });
};

TEST_F(CommitterTest, AnIdleStoreGetsACommandAtOnce) {
  offer(0, {"a"});
  ASSERT_EQ(store_.batches.size(), 1U);
  EXPECT_EQ(names_in_batch(), Names{"a"});
}

TEST_F(CommitterTest, WhatArrivesMeanwhileFormsTheNextBatch) {
  offer(0, {"a"});
  offer(0, {"b"});
  offer(1, {"c"});
  ASSERT_EQ(store_.batches.size(), 1U);
  store_.answer_batch(AppendKind::committed);
  ASSERT_EQ(store_.batches.size(), 1U);
  EXPECT_EQ(names_in_batch().size(), 2U);
  EXPECT_EQ(kinds(0), Kinds{Kind::committed});
  EXPECT_EQ(committer_->stats().batches, 1U);
}

TEST_F(CommitterTest, ABatchIsBoundedAndShardsTakeTurns) {
  offer(0, {"a"});
  offer(0, {"b1", "b2", "b3", "b4", "b5", "b6"});
  offer(1, {"c1", "c2"});
  store_.answer_batch(AppendKind::committed);
  EXPECT_EQ(names_in_batch(), (Names{"c1", "b1", "c2", "b2"}));
  store_.answer_batch(AppendKind::committed);
  EXPECT_EQ(names_in_batch(), (Names{"b3", "b4", "b5", "b6"}));
}

TEST_F(CommitterTest, ResultsComeBackToTheirShardInOrder) {
  offer(0, {"a"});
  offer(0, {"b"});
  offer(1, {"c"});
  store_.answer_batch(AppendKind::committed);
  store_.answer_batch(AppendKind::conflict);
  EXPECT_EQ(kinds(0), (Kinds{Kind::committed, Kind::conflict}));
  EXPECT_EQ(kinds(1), Kinds{Kind::conflict});
}

TEST_F(CommitterTest, ARefusedBatchFailsAloneAndReadinessFallsForASecond) {
  offer(0, {"a"});
  offer(1, {"b"});
  store_.fail_batch(StoreErrorKind::unavailable);
  EXPECT_EQ(kinds(0), Kinds{Kind::refused});
  EXPECT_EQ(names_in_batch(), Names{"b"});
  EXPECT_TRUE(committer_->accepting());
  EXPECT_FALSE(committer_->writable());
  clock_.advance(1s);
  EXPECT_TRUE(committer_->writable());
}

TEST_F(CommitterTest, ASuccessRestoresReadinessAtOnce) {
  offer(0, {"a"});
  store_.fail_batch(StoreErrorKind::disk_low);
  EXPECT_EQ(kinds(0), Kinds{Kind::disk_low});
  EXPECT_FALSE(committer_->writable());
  offer(0, {"b"});
  store_.answer_batch(AppendKind::committed);
  EXPECT_TRUE(committer_->writable());
}

TEST_F(CommitterTest, AMalformedBatchSaysNothingAboutReadiness) {
  offer(0, {"a"});
  store_.fail_batch(StoreErrorKind::rejected);
  EXPECT_EQ(kinds(0), Kinds{Kind::refused});
  EXPECT_TRUE(committer_->writable());
}

TEST_F(CommitterTest, AfterAnUnknownOutcomeNothingIsSubmittedUntilEachReceiptWasLookedUp) {
  offer(0, {"a"});
  store_.answer_batch(AppendKind::committed);
  kinds(0);
  offer(0, {"b", "c"});
  offer(1, {"queued"});
  store_.fail_batch(StoreErrorKind::unknown);
  EXPECT_EQ(kinds(1), Kinds{Kind::refused});  // never submitted
  EXPECT_TRUE(delivered_[0].empty());         // still open
  EXPECT_FALSE(committer_->accepting());
  offer(1, {"late"});
  EXPECT_EQ(kinds(1), Kinds{Kind::refused});

  ASSERT_EQ(store_.recoveries.size(), 1U);
  EXPECT_TRUE(store_.lookups.empty());
  ScriptedStore::take(store_.recoveries)({});
  EXPECT_EQ(recovered_, 1);
  ASSERT_EQ(store_.lookups.size(), 2U);
  answer_lookup(/*found=*/true);
  EXPECT_TRUE(delivered_[0].empty());
  answer_lookup(/*found=*/false);
  EXPECT_EQ(kinds(0), (Kinds{Kind::found, Kind::lost}));
  EXPECT_TRUE(committer_->accepting());
  EXPECT_TRUE(store_.batches.empty());
  offer(1, {"d"});
  EXPECT_EQ(names_in_batch(), Names{"d"});
  EXPECT_EQ(committer_->stats().unknown, 1U);
}

TEST_F(CommitterTest, AFailedRecoveryIsTriedAgain) {
  offer(0, {"a"});
  store_.fail_batch(StoreErrorKind::unknown);
  ScriptedStore::take(store_.recoveries)(
      Err{store::StoreError{StoreErrorKind::unavailable, "scripted"}});
  committer_->tick();
  EXPECT_TRUE(store_.recoveries.empty());  // not at once
  EXPECT_FALSE(committer_->writable());
  clock_.advance(100ms);
  committer_->tick();
  ASSERT_EQ(store_.recoveries.size(), 1U);
  committer_->tick();
  EXPECT_EQ(store_.recoveries.size(), 1U);  // nor twice at a time
  EXPECT_EQ(recovered_, 0);
}

TEST_F(CommitterTest, AFailedLookupIsTriedAgainForThatCommandAlone) {
  offer(0, {"a"});
  store_.answer_batch(AppendKind::committed);
  kinds(0);
  offer(0, {"b", "c"});
  store_.fail_batch(StoreErrorKind::unknown);
  ScriptedStore::take(store_.recoveries)({});
  ScriptedStore::take(store_.lookups)
      .done(Err{store::StoreError{StoreErrorKind::unavailable, "scripted"}});
  answer_lookup(/*found=*/true);
  EXPECT_EQ(kinds(0), Kinds{Kind::found});
  EXPECT_FALSE(committer_->accepting());
  clock_.advance(100ms);
  committer_->tick();
  ASSERT_EQ(store_.lookups.size(), 1U);
  EXPECT_EQ(store_.lookups.front().request_id, "b");
  answer_lookup(/*found=*/true);
  EXPECT_EQ(kinds(0), Kinds{Kind::found});
  EXPECT_TRUE(committer_->accepting());
}

TEST_F(CommitterTest, AnAnswerOfTheWrongLengthIsAnUnknownOutcome) {
  offer(0, {"a"});
  ScriptedStore::take(store_.batches).done(std::vector<store::AppendResult>{});
  EXPECT_EQ(store_.recoveries.size(), 1U);
  EXPECT_FALSE(committer_->accepting());
}

TEST_F(CommitterTest, AClosedCommitterSubmitsAndDeliversNothing) {
  offer(0, {"a"});
  offer(0, {"b"});
  committer_->close();
  store_.answer_batch(AppendKind::committed);
  EXPECT_TRUE(delivered_[0].empty());
  EXPECT_TRUE(store_.batches.empty());
}

// How much a batch takes, and how much of it one shard may have.
class CommitterPaceTest : public CommitterTest {
 protected:
  static constexpr std::size_t kLargest = 512;

  CommitterPaceTest() {
    const std::vector<Committer::Deliver> nowhere(4, [](auto) {});
    committer_ = std::make_shared<Committer>(store_, clock_, kLargest, nowhere, [] {});
  }
  // Batches of 100 commands, which take so long each, until the means have settled.
  void commit_batches(std::chrono::nanoseconds write, std::chrono::nanoseconds sync) {
    for (int i = 0; i < 60; ++i) {
      committer_->offer(0, std::vector<CommitItem>(100));
      clock_.advance(write + sync);
      store_.sync_time += sync;
      store_.answer_batch(AppendKind::committed);
    }
  }
  std::size_t limit() const { return committer_->stats().batch_limit; }
};

TEST_F(CommitterPaceTest, ABatchMayTakeAsLongToWriteAsToSync) {
  EXPECT_EQ(limit(), 128U);
  commit_batches(10ms, 30ms);  // 0.1 ms a command
  EXPECT_NEAR(static_cast<double>(limit()), 300, 20);
  commit_batches(10ms, 200ms);
  EXPECT_EQ(limit(), kLargest);
  commit_batches(10ms, 1ms);
  EXPECT_EQ(limit(), 128U);
}

TEST_F(CommitterPaceTest, AShardAloneMayHaveTwoBatchesAndSharesThemWithThoseThatHaveWork) {
  committer_->offer(0, std::vector<CommitItem>(1));
  EXPECT_EQ(committer_->window(), 256U);
  committer_->offer(0, std::vector<CommitItem>(3));
  committer_->offer(2, std::vector<CommitItem>(1));
  store_.answer_batch(AppendKind::committed);
  EXPECT_EQ(committer_->window(), 128U);
  for (std::size_t shard = 0; shard < 4; ++shard) {
    committer_->offer(shard, std::vector<CommitItem>(1));
  }
  store_.answer_batch(AppendKind::committed);
  EXPECT_EQ(committer_->window(), 64U);
  committer_->offer(3, std::vector<CommitItem>(1));
  store_.answer_batch(AppendKind::committed);
  EXPECT_EQ(committer_->window(), 256U);
}

}  // namespace
}  // namespace pim::spine
