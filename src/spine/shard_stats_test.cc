// What a shard and its committer count, against what was done to them.
#include <gtest/gtest.h>

#include <numeric>

#include "spine/spine_fixture_testing.h"
#include "spine/standing_wait.h"

namespace pim::spine {
namespace {

using namespace std::chrono_literals;

ShardStats stats_of(const SpineFixture& spine) { return spine.core->shards()[0]->stats(); }

TEST(ShardStats, CountEventsAndTheirPayloadByGroupOfBuckets) {
  SpineFixture spine;
  spine.given_the_world();
  spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  spine.ask(request("ann", "r2", patient(1), register_patient(1)));  // rejected: no event

  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  std::array<std::uint64_t, kBucketGroups> groups{};
  for (const StreamId stream : {facility(1), provider(1), patient(1)}) {
    for (const auto& event : spine.events_of(stream)) {
      ++events;
      bytes += event.data.size();
      ++groups[event.bucket.value / 64];
    }
  }
  const ShardStats stats = stats_of(spine);
  EXPECT_EQ(stats.events, events);
  EXPECT_EQ(stats.events, 4U);
  EXPECT_EQ(stats.event_bytes, bytes);
  EXPECT_EQ(stats.group_events, groups);
  EXPECT_EQ(stats.rejected, 1U);
}

TEST(ShardStats, CountWhereStreamsAndFactsWereFound) {
  SpineOptions options = SpineFixture::small();
  options.cache_streams = 2;
  SpineFixture spine(options);
  spine.given_the_world();  // three streams, one too many
  EXPECT_EQ(stats_of(spine).cache_hits, 0U);
  EXPECT_EQ(stats_of(spine).cold_loads, 3U);
  EXPECT_EQ(stats_of(spine).cache_evictions, 1U);
  spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  EXPECT_EQ(stats_of(spine).cache_hits, 1U);
  EXPECT_EQ(stats_of(spine).cold_loads, 3U);

  const ReferenceStats before = spine.core->references().stats();
  EXPECT_EQ(before.misses, 1U) << "the provider's facility";
  spine.ask(request("ann", "p2", provider(2), register_provider(2, 1)));
  const ReferenceStats after = spine.core->references().stats();
  EXPECT_EQ(after.hits, before.hits + 1);
  EXPECT_EQ(after.misses, before.misses);
  EXPECT_EQ(after.entries, 1U);
}

TEST(ShardStats, MeasureTheWaitInTheQueueWithTheKeptTraceAsExemplar) {
  SpineFixture spine;
  auto first = request("ann", "r1", patient(1), register_patient(1));
  first.sampled = true;
  first.origin.trace_id.fill(7);
  first.origin.span_id.fill(9);
  spine.submit(first);
  spine.submit(request("ann", "r2", patient(2), register_patient(2)));
  spine.clock.advance(4ms);
  spine.settle();
  const auto wait = stats_of(spine).queue_wait;
  EXPECT_EQ(wait.count(), 2U);
  EXPECT_NEAR(wait.sum, 0.008, 1e-9);
  ASSERT_EQ(wait.counts[5], 2U) << "up to 5 ms";
  ASSERT_TRUE(wait.exemplars[5]);
  EXPECT_EQ(wait.exemplars[5]->trace.trace_id, first.origin.trace_id);
  EXPECT_EQ(wait.exemplars[5]->trace.span_id, first.origin.span_id);
}

TEST(ShardStats, TellTheReasonsForSheddingApart) {
  SpineOptions options = SpineFixture::small();
  options.queue_capacity = 2;
  options.max_batch = 1;  // one command at the store, the others queue
  SpineFixture spine(options);
  const auto submit = [&](unsigned n) -> const auto& {
    return spine.submit(request("ann", std::to_string(n), patient(n), register_patient(n)));
  };
  submit(1);
  submit(2);
  EXPECT_EQ(stats_of(spine).queued, 2U);
  submit(3);
  using Counts = decltype(ShardStats::shed);
  EXPECT_EQ(stats_of(spine).shed, (Counts{1, 0, 0}));
  EXPECT_EQ(stats_of(spine).capacity, 2U);
  spine.settle();

  spine.given_the_world();
  spine.submit(request("ann", "a", patient(1), amend_patient(1981)));
  spine.submit(request("ann", "b", patient(1), amend_patient(1982)));
  spine.run_shards();  // one is at the store, the other one waits
  spine.clock.advance(StandingWait::kStanding + 1ms);
  spine.run_shards();
  submit(4);
  EXPECT_EQ(stats_of(spine).shed, (Counts{1, 1, 0}));
  spine.core->open().close();
  submit(5);
  EXPECT_EQ(stats_of(spine).shed, (Counts{1, 1, 1}));
}

TEST(ShardStats, CountACommandThatExpiredOnce) {
  SpineFixture spine;
  auto late = request("ann", "r1", patient(1), register_patient(1));
  late.deadline = spine.clock.now() + 10ms;
  spine.submit(late);
  spine.run_shards();  // parked: its stream is being loaded
  spine.clock.advance(10ms);
  spine.settle();
  EXPECT_EQ(stats_of(spine).expired, 1U);
  auto dead = request("ann", "r2", patient(2), register_patient(2));
  dead.deadline = spine.clock.now();
  EXPECT_EQ(spine.ask(dead).outcome, Outcome::deadline);
  EXPECT_EQ(stats_of(spine).expired, 2U);
}

TEST(CommitterStats, MeasureEachBatch) {
  SpineFixture spine;
  for (unsigned n = 1; n <= 5; ++n) {
    spine.submit(request("ann", std::to_string(n), patient(n), register_patient(n)));
  }
  spine.settle();
  const CommitterStats stats = spine.core->committer().stats();
  EXPECT_EQ(stats.appends, 5U);
  EXPECT_EQ(stats.queued, 0U);
  EXPECT_EQ(stats.batch_appends.count(), stats.batches);
  EXPECT_EQ(stats.batch_appends.sum, 5.0);
  EXPECT_EQ(stats.commit_seconds.count(), stats.batches);
  ASSERT_FALSE(stats.batch_appends.bounds.empty());
  EXPECT_EQ(stats.batch_appends.bounds.front(), 1.0);
  EXPECT_EQ(stats.batch_appends.bounds.back(), 512.0);
}

}  // namespace
}  // namespace pim::spine
