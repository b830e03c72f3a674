// The real thing, threads and all, over a store with a thread of its own.
#include "spine/spine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "spine/clock.h"
#include "spine/requests_testing.h"
#include "spine/threaded_store_testing.h"
#include "telemetry/kept_spans_testing.h"

namespace pim::spine {
namespace {

using namespace std::chrono_literals;

// Counts replies, and lets a test wait for them.
class Replies {
 public:
  Reply next() {
    const std::lock_guard lock(mutex_);
    const std::size_t index = calls_.size();
    calls_.push_back(0);
    outcomes_.emplace_back();
    return [this, index](CommandReply reply) {
      const std::lock_guard reply_lock(mutex_);
      ++calls_[index];
      outcomes_[index] = reply.outcome;
      ++answered_;
      changed_.notify_all();
    };
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return answered_ >= count; });
  }
  std::size_t with(Outcome outcome) {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(outcomes_, outcome));
  }
  // Each exactly once.
  bool exact() {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(calls_, [](int calls) { return calls == 1; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> calls_;
  std::vector<Outcome> outcomes_;
  std::size_t answered_ = 0;
};

std::size_t events_in(store::EventStore& store) {
  auto reader = store.open_reader().value();
  std::size_t events = 0;
  const auto heads = reader->heads().value();
  for (const auto& head : heads) events += head.next_position - 1;
  return events;
}

CommandRequest create(unsigned n, const std::string& user) {
  return request(user, "create-" + std::to_string(n), patient(n), register_patient(n));
}

TEST(Spine, ManySubmittersGetOneAnswerEachAndADrainLosesNothing) {
  constexpr unsigned kThreads = 8;
  constexpr unsigned kEach = 250;
  ThreadedStore store(11);
  Replies replies;
  SpineOptions options;
  options.shed_wait =
      1h;  // nothing is shed, however slow the machine is: each command has its place
  auto spine = Spine::start(store, options).value();
  std::vector<std::thread> submitters;
  for (unsigned t = 0; t < kThreads; ++t) {
    submitters.emplace_back([&, t] {
      for (unsigned i = 0; i < kEach; ++i) {
        const unsigned n = i % 50;  // the threads meet on the same patients
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        if (i < 50) {
          spine->submit(create(n, "ann"), replies.next());  // the same request from all threads
        } else {
          spine->submit(
              request("bob", id, patient(n), amend_patient(1950 + static_cast<int>(i % 40))),
              replies.next());
        }
      }
    });
  }
  for (auto& submitter : submitters) submitter.join();
  EXPECT_TRUE(spine->drain(30s));
  EXPECT_TRUE(replies.exact());
  EXPECT_FALSE(spine->writable());

  std::uint64_t events = 0;
  for (const ShardStats& stats : spine->shard_stats()) {
    events += stats.events;
    EXPECT_EQ(stats.queued, 0U);
  }
  EXPECT_EQ(events, events_in(store));
  EXPECT_EQ(spine->committer_stats().events, events);
  EXPECT_EQ(replies.with(Outcome::overloaded), 0U);
  EXPECT_GT(replies.with(Outcome::accepted), 50U * kThreads - 1);

  spine->submit(create(999, "ann"), replies.next());
  EXPECT_EQ(replies.with(Outcome::overloaded), 1U);
}

TEST(Spine, ACommandOfAKeptTraceLeavesItsTimesAndItsBatchASpan) {
  ThreadedStore store(16);
  telemetry::KeptSpans spans;
  telemetry::Tracer tracer(spans.exporter(), telemetry::keep_all());
  SpineOptions options;
  options.tracer = &tracer;
  options.region = "us-east";
  auto spine = Spine::start(store, options).value();
  const auto submit = [&](unsigned n, bool sampled) {
    auto one = create(n, "ann");
    const auto trace = telemetry::TraceContext::root();
    one.origin.trace_id = trace.trace_id;
    one.origin.span_id = trace.span_id;
    one.sampled = sampled;
    const auto answer = std::make_shared<std::promise<CommandReply>>();
    auto future = answer->get_future();
    spine->submit(std::move(one),
                  [answer](CommandReply reply) { answer->set_value(std::move(reply)); });
    return std::pair(trace, future.get());
  };
  const auto unkept = submit(1, false);
  EXPECT_FALSE(unkept.second.timing.batch.sampled);
  EXPECT_TRUE(unkept.second.event_types.empty());
  const auto [trace, reply] = submit(2, true);
  ASSERT_EQ(reply.outcome, Outcome::accepted);
  EXPECT_EQ(reply.event_types, std::vector<std::string_view>{"patient-registered"});
  const CommandTiming& timing = reply.timing;
  EXPECT_LE(timing.arrived, timing.decided);
  EXPECT_LE(timing.decided, timing.offered);
  EXPECT_LE(timing.offered, timing.submitted);
  EXPECT_LE(timing.submitted, timing.committed);
  EXPECT_GT(timing.arrived, MonoTime());

  const auto batches = spans.wait_for(1);
  ASSERT_EQ(batches.size(), 1U) << "a batch without a kept trace has no span";
  EXPECT_EQ(batches[0].name, "commit batch");
  EXPECT_EQ(batches[0].context.span_id, timing.batch.span_id);
  EXPECT_TRUE(timing.batch.sampled);
  ASSERT_EQ(batches[0].links.size(), 1U);
  EXPECT_EQ(batches[0].links[0].span_id, trace.span_id);
  EXPECT_EQ(batches[0].duration, timing.committed - timing.submitted);
  std::map<std::string_view, std::string> texts;
  for (const auto& [key, value] : batches[0].attributes) {
    if (const auto* text = std::get_if<std::string>(&value)) texts[key] = *text;
  }
  EXPECT_EQ(texts["pim.region"], "us-east");
  EXPECT_EQ(texts["pyroscope.profile.id"], batches[0].context.span_hex());
}

TEST(Spine, AFailingStoreStillGivesOneAnswerEach) {
  constexpr unsigned kThreads = 4;
  constexpr unsigned kEach = 200;
  ThreadedStore store(12);
  store.set_rates({.unavailable = 100, .unknown = 50, .load_fails = 50, .recover_fails = 200});
  Replies replies;
  auto spine = Spine::start(store, SpineOptions{}).value();
  std::vector<std::thread> submitters;
  for (unsigned t = 0; t < kThreads; ++t) {
    submitters.emplace_back([&, t] {
      for (unsigned i = 0; i < kEach; ++i) {
        auto one = create(t * kEach + i, "ann");
        one.deadline = SteadyClock().now() + (i % 3 == 0 ? 1ms : 20s);
        spine->submit(std::move(one), replies.next());
        if (i % 20 == 0) replies.wait_for(1);
      }
    });
  }
  for (auto& submitter : submitters) submitter.join();
  store.set_rates({});
  replies.wait_for(kThreads * kEach);
  EXPECT_TRUE(spine->drain(30s));
  EXPECT_TRUE(replies.exact());
  EXPECT_GE(events_in(store), replies.with(Outcome::accepted));
}

TEST(Spine, DestructionWithWorkUnderWayAnswersIt) {
  ThreadedStore store(13);
  Replies replies;
  {
    auto spine = Spine::start(store, SpineOptions{}).value();
    for (unsigned n = 0; n < 500; ++n) spine->submit(create(n, "ann"), replies.next());
  }
  EXPECT_TRUE(replies.exact());
  EXPECT_GE(events_in(store), replies.with(Outcome::accepted));
}

TEST(Spine, ADrainThatRunsOutOfTimeSaysSo) {
  ThreadedStore store(14);
  Replies replies;
  auto spine = Spine::start(store, SpineOptions{}).value();
  store.pause();
  spine->submit(create(1, "ann"), replies.next());
  EXPECT_FALSE(spine->drain(1ms));
  store.resume();
  EXPECT_TRUE(spine->drain(30s));
  EXPECT_EQ(replies.with(Outcome::accepted), 1U);
}

TEST(Spine, DoesNotStartWhereTheHeadsCannotBeRead) {
  ThreadedStore store(15);
  store.fail_next_append(store::SimStore::Fault::unknown_lost);
  std::mutex mutex;
  std::condition_variable changed;
  bool failed = false;
  store.append({}, [&](const store::BatchResult&) {
    const std::lock_guard lock(mutex);
    failed = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return failed; });
  EXPECT_FALSE(Spine::start(store, SpineOptions{}).ok());
}

}  // namespace
}  // namespace pim::spine
