#include "readmodel/follower.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>

#include "readmodel/history_testing.h"
#include "telemetry/kept_spans_testing.h"

namespace pim::readmodel {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

steady_clock::time_point soon() { return steady_clock::now() + std::chrono::minutes(1); }
steady_clock::time_point now() { return steady_clock::now(); }

// Counts how often each event was committed; fails on command. Outlives its follower.
struct Record {
  std::mutex mutex;
  std::vector<Checkpoint> checkpoints = std::vector<Checkpoint>(kBuckets);
  std::map<std::pair<BucketId, std::uint64_t>, int> committed;
  int commits = 0;
  int fail_commits = 0;
  std::function<bool(const store::EventRecord&)> refuse;

  void fail(int commits_from_now) {
    const std::lock_guard lock(mutex);
    fail_commits = commits_from_now;
  }
};

class RecordingSink final : public Sink {
 public:
  explicit RecordingSink(Record& record)
      : record_(record), own_(record.checkpoints), open_(record.checkpoints) {}
  const std::vector<Checkpoint>& checkpoints() const override { return own_; }
  store::StoreResult<void> apply(const store::EventRecord& event) override {
    if (record_.refuse && record_.refuse(event)) {
      return Err{store::StoreError{store::StoreErrorKind::corrupt, "refused"}};
    }
    batch_.emplace_back(event.bucket, event.position);
    open_[event.bucket.value] = {event.position, event.hash};
    return {};
  }
  store::StoreResult<void> commit() override {
    const std::lock_guard lock(record_.mutex);
    if (record_.fail_commits > 0) {
      --record_.fail_commits;
      batch_.clear();
      open_ = own_;
      return Err{store::StoreError{store::StoreErrorKind::unavailable, "made to fail"}};
    }
    ++record_.commits;
    for (const auto& event : batch_) ++record_.committed[event];
    batch_.clear();
    own_ = record_.checkpoints = open_;
    return {};
  }

 private:
  Record& record_;
  std::vector<Checkpoint> own_;
  std::vector<Checkpoint> open_;
  std::vector<std::pair<BucketId, std::uint64_t>> batch_;
};

class FollowerTest : public testing::Test {
 protected:
  void start(milliseconds poll = std::chrono::hours(1), std::size_t fed_events = 20'000) {
    FollowerOptions options;
    options.fed_events = fed_events;
    options.name = "test";
    options.poll_interval = poll;
    options.retry_interval = milliseconds(1);
    options.page_events = 7;
    options.tracer = tracer_;
    auto started = Follower::start(store_, std::make_unique<RecordingSink>(record_), options);
    ASSERT_TRUE(started) << started.error().message;
    follower_ = std::move(*started);
    store_.on_commit([this](const auto& events) {
      if (announce_) follower_->announce(events);
    });
  }
  void TearDown() override { store_.on_commit(nullptr); }

  static void await(const std::function<bool()>& condition) {
    const auto deadline = soon();
    while (!condition()) {
      ASSERT_LT(now(), deadline);
      std::this_thread::yield();
    }
  }

  void expect_each_event_once() {
    const std::lock_guard lock(record_.mutex);
    EXPECT_EQ(record_.committed.size(), history_.events());
    for (const auto& [event, times] : record_.committed) {
      EXPECT_EQ(times, 1) << "bucket " << event.first.value << " position " << event.second;
    }
  }

  SharedStore store_{11};
  History history_{store_, 11};
  Record record_;
  bool announce_ = true;
  telemetry::Tracer* tracer_ = nullptr;
  std::unique_ptr<Follower> follower_;
};

TEST_F(FollowerTest, CatchesUpWithWhatWasThereBefore) {
  history_.grow(300);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  expect_each_event_once();
  EXPECT_EQ(follower_->lag().events_behind, 0U);
}

// At most one a second, whatever there is to do: the first one, and hardly any of the rest.
TEST_F(FollowerTest, ABatchInASecondHasATrace) {
  telemetry::KeptSpans kept;
  telemetry::Tracer tracer(kept.exporter(), telemetry::keep_all());
  tracer_ = &tracer;
  start();
  const auto began = steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    history_.grow(1);
    ASSERT_TRUE(follower_->catch_up(soon()));
  }
  const std::chrono::duration<double> took = steady_clock::now() - began;
  expect_each_event_once();
  auto spans = kept.wait_for(1);
  const auto& first = spans.front();
  EXPECT_EQ(first.name, "test");
  EXPECT_FALSE(first.failed);
  std::map<std::string_view, std::int64_t> numbers;
  for (const auto& [key, value] : first.attributes) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) numbers[key] = *number;
  }
  EXPECT_GE(numbers.at("pim.events"), 1);
  EXPECT_GE(numbers.at("pim.buckets"), 1);
  EXPECT_LE(numbers.at("pim.buckets"), numbers.at("pim.events"));
  EXPECT_GE(numbers.at("pim.buckets.behind"), 0);
  follower_.reset();
  spans = kept.wait_for(1);
  EXPECT_GE(record_.commits, 50);
  EXPECT_LE(static_cast<double>(spans.size()), took.count() + 3);
  EXPECT_EQ(tracer.stats().traces, 0U) << "requests are sampled as if there were none";
}

TEST_F(FollowerTest, ABatchThatFailsHasAFailedOne) {
  telemetry::KeptSpans kept;
  telemetry::Tracer tracer(kept.exporter(), telemetry::keep_all());
  tracer_ = &tracer;
  record_.fail_commits = 1;
  history_.grow(3);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  follower_.reset();
  const auto first = kept.wait_for(1).front();
  EXPECT_TRUE(first.failed);
  EXPECT_EQ(first.failure, "unavailable");
}

TEST_F(FollowerTest, AppliesWhatIsAnnouncedWithoutPolling) {
  start();
  history_.grow(200);
  const auto last = history_.last_position();
  EXPECT_TRUE(follower_->wait_for(last.bucket, last.position, soon()));
}

TEST_F(FollowerTest, ReadsNothingThatItIsHanded) {
  history_.grow(100);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  store_.fail_reads(true);
  history_.grow(100);
  const auto last = history_.last_position();
  EXPECT_TRUE(follower_->wait_for(last.bucket, last.position, soon()));
  store_.fail_reads(false);
  ASSERT_TRUE(follower_->catch_up(soon()));
  expect_each_event_once();
}

TEST_F(FollowerTest, ReadsWhatItHadNoRoomFor) {
  start(std::chrono::hours(1), 3);
  history_.grow(300);
  ASSERT_TRUE(follower_->catch_up(soon()));
  expect_each_event_once();
}

TEST_F(FollowerTest, ReadsWhatLiesBeforeTheEventThatItIsHanded) {
  start();
  announce_ = false;
  history_.grow(200);
  announce_ = true;
  history_.grow(200);
  ASSERT_TRUE(follower_->catch_up(soon()));
  expect_each_event_once();
}

TEST_F(FollowerTest, AHandedEventThatDoesNotFollowIsNotApplied) {
  history_.grow(100);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  store_.on_commit([this](const store::CommittedEvents& events) {
    auto altered = *events;
    for (auto& event : altered) event.prev_hash.bytes[0] ^= 1;
    follower_->announce(std::make_shared<const std::vector<store::EventRecord>>(altered));
  });
  const auto before = history_.events();
  history_.grow(20);
  ASSERT_GT(history_.events(), before);
  EXPECT_FALSE(follower_->catch_up(now() + milliseconds(100)));
  const std::lock_guard lock(record_.mutex);
  EXPECT_EQ(record_.committed.size(), before);
}

TEST_F(FollowerTest, FindsWhatWasNotAnnouncedByPolling) {
  start(milliseconds(5));
  announce_ = false;
  history_.grow(50);
  const auto last = history_.last_position();
  EXPECT_TRUE(follower_->wait_for(last.bucket, last.position, soon()));
}

TEST_F(FollowerTest, WaitingEndsAtTheDeadline) {
  start();
  announce_ = false;
  history_.grow(10);
  const auto last = history_.last_position();
  EXPECT_FALSE(follower_->wait_for(last.bucket, last.position, now() + milliseconds(20)));
  EXPECT_FALSE(follower_->wait_for(last.bucket, last.position + 1'000'000, now()));
}

TEST_F(FollowerTest, LagSaysHowManyEventsAndForHowLong) {
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  const auto before = history_.events();
  record_.fail(1'000'000);
  store_.fail_reads(true);  // the lag is known without them
  history_.grow(25);
  EXPECT_EQ(follower_->lag().events_behind, history_.events() - before);
  EXPECT_EQ(follower_->stats().lag.events_behind, history_.events() - before);
  await([&] { return follower_->lag().age >= milliseconds(2); });
  store_.fail_reads(false);
  record_.fail(0);
  ASSERT_TRUE(follower_->catch_up(soon()));
  EXPECT_EQ(follower_->lag().events_behind, 0U);
  EXPECT_EQ(follower_->lag().age.count(), 0);
  EXPECT_EQ(follower_->stats().events, history_.events());
  EXPECT_GT(follower_->stats().commits.count(), 0U);
}

TEST_F(FollowerTest, LagKnowsWhatAScanFound) {
  record_.fail_commits = 1'000'000;
  start(milliseconds(5));
  announce_ = false;
  history_.grow(25);
  await([&] { return follower_->lag().events_behind == history_.events(); });
  record_.fail(0);
  ASSERT_TRUE(follower_->catch_up(soon()));
  EXPECT_EQ(follower_->lag().events_behind, 0U);
}

TEST_F(FollowerTest, AStoreThatCannotBeReadIsReadAgainLater) {
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  store_.fail_reads(true);
  history_.grow(40);
  EXPECT_FALSE(follower_->catch_up(now() + milliseconds(5)));
  store_.fail_reads(false);
  ASSERT_TRUE(follower_->catch_up(soon()));
  expect_each_event_once();
}

TEST_F(FollowerTest, AFailedCommitIsDoneAgainExactlyOnce) {
  record_.fail_commits = 5;
  history_.grow(200);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  EXPECT_EQ(record_.fail_commits, 0);
  expect_each_event_once();
}

TEST_F(FollowerTest, ResumesFromTheCheckpoints) {
  history_.grow(150);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  store_.on_commit(nullptr);
  follower_.reset();
  history_.grow(150);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  expect_each_event_once();
}

TEST_F(FollowerTest, OneUnreadableEventHoldsUpItsBucketOnly) {
  history_.grow(200);
  const auto stuck = history_.last_position();
  record_.refuse = [&](const store::EventRecord& event) {
    return event.bucket == stuck.bucket && event.position == stuck.position;
  };
  start();
  EXPECT_FALSE(follower_->catch_up(now() + milliseconds(100)));
  EXPECT_TRUE(follower_->wait_for(stuck.bucket, stuck.position - 1, soon()));
  EXPECT_EQ(follower_->lag().events_behind, 1U);
  EXPECT_EQ(follower_->stats().stuck_buckets, 1U);
}

TEST_F(FollowerTest, AnEventThatDoesNotFollowIsNotApplied) {
  history_.grow(100);
  const auto last = history_.last_position();
  store_.alter_reads([&](store::EventRecord& event) {
    if (event.bucket == last.bucket && event.position == last.position) {
      event.prev_hash.bytes[0] ^= 1;
    }
  });
  start();
  EXPECT_FALSE(follower_->catch_up(now() + milliseconds(100)));
  EXPECT_EQ(follower_->applied(last.bucket), last.position - 1);
}

TEST_F(FollowerTest, ReadsOnFromASinkThatReplacesTheOldOne) {
  start();
  history_.grow(120);
  ASSERT_TRUE(follower_->catch_up(soon()));
  Record fresh;
  follower_->replace_sink(
      [&](std::unique_ptr<Sink>& sink) { sink = std::make_unique<RecordingSink>(fresh); });
  history_.grow(30);
  ASSERT_TRUE(follower_->catch_up(soon()));
  {
    const std::lock_guard lock(fresh.mutex);
    EXPECT_EQ(fresh.committed.size(), history_.events());
  }
  store_.on_commit(nullptr);
  follower_.reset();  // before `fresh` goes
}

TEST_F(FollowerTest, KnowsItsOwnHistoryFromAnother) {
  history_.grow(150);
  start();
  ASSERT_TRUE(follower_->catch_up(soon()));
  auto reader = store_.open_reader();
  ASSERT_TRUE(reader);
  EXPECT_TRUE(*same_history(record_.checkpoints, **reader));
  EXPECT_TRUE(*same_history(std::vector<Checkpoint>(kBuckets), **reader)) << "nothing applied yet";

  const auto last = history_.last_position();
  auto beyond = record_.checkpoints;
  ++beyond[last.bucket.value].position;
  EXPECT_FALSE(*same_history(beyond, **reader)) << "ahead of the head";
  auto other = record_.checkpoints;
  other[last.bucket.value].hash.bytes[3] ^= 1;
  EXPECT_FALSE(*same_history(other, **reader)) << "another event at the head";
  auto earlier = record_.checkpoints;
  --earlier[last.bucket.value].position;
  EXPECT_FALSE(*same_history(earlier, **reader)) << "the next event does not follow";
}

}  // namespace
}  // namespace pim::readmodel
