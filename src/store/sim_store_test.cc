#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

#include "store/contract_testing.h"
#include "store/sample_testing.h"
#include "store/sim_store_testing.h"

namespace pim::store {
namespace {

class SimHarness final : public StoreHarness {
 public:
  explicit SimHarness(std::uint64_t seed) : store_(seed) {}
  EventStore& store() override { return store_; }
  bool step() override { return store_.step(); }

 private:
  SimStore store_;
};

Engine with_seed(std::uint64_t seed) {
  return {"Seed" + std::to_string(seed), [seed] { return std::make_unique<SimHarness>(seed); }};
}

INSTANTIATE_TEST_SUITE_P(Simulated, EventStoreContract,
                         testing::Values(with_seed(1), with_seed(2), with_seed(3)), engine_name);

constexpr BucketId kBucket{7};

struct Outcome {
  bool arrived = false;
  std::optional<BatchResult> result;
};

void submit(SimStore& store, Append append, Outcome& outcome) {
  std::vector<Append> batch;
  batch.push_back(std::move(append));
  store.append(std::move(batch), [&outcome](BatchResult result) {
    outcome.arrived = true;
    outcome.result = std::move(result);
  });
}

std::size_t committed_events(SimStore& store, StreamId stream) {
  auto reader = store.open_reader();
  auto events = (*reader)->read_stream(bucket_of(stream.value), stream, 0, 100);
  return events.ok() ? events->size() : 0;
}

TEST(SimStore, DoesNothingUntilItIsStepped) {
  SimStore store(1);
  const StreamId stream = sample::stream_in(kBucket, 0);
  Outcome outcome;
  submit(store, sample::append(store.node(), stream, 0, 1, "r1"), outcome);
  EXPECT_EQ(committed_events(store, stream), 0u);
  EXPECT_TRUE(store.step());
  EXPECT_EQ(committed_events(store, stream), 1u) << "commit comes before completion";
  EXPECT_FALSE(outcome.arrived);
  EXPECT_TRUE(store.step());
  EXPECT_TRUE(outcome.arrived);
  EXPECT_FALSE(store.step());
}

TEST(SimStore, StaysOutOfServiceAfterUnknownUntilRecovered) {
  for (const auto fault : {SimStore::Fault::unknown_applied, SimStore::Fault::unknown_lost}) {
    SimStore store(1);
    const StreamId stream = sample::stream_in(kBucket, 0);
    store.fail_next_append(fault);
    Outcome first;
    submit(store, sample::append(store.node(), stream, 0, 1, "r1"), first);
    store.run();
    ASSERT_FALSE(first.result->ok());
    EXPECT_EQ(first.result->error().kind, StoreErrorKind::unknown);

    Outcome second;
    submit(store, sample::append(store.node(), stream, 0, 1, "r2"), second);
    store.run();
    EXPECT_EQ(second.result->error().kind, StoreErrorKind::unavailable);

    bool recovered = false;
    store.recover([&](StoreResult<void> result) { recovered = result.ok(); });
    store.run();
    ASSERT_TRUE(recovered);
    const std::size_t expected = fault == SimStore::Fault::unknown_applied ? 1 : 0;
    EXPECT_EQ(committed_events(store, stream), expected);
  }
}

TEST(SimStore, WritesNothingWhereItSaysSo) {
  SimStore store(1);
  const StreamId stream = sample::stream_in(kBucket, 0);
  store.fail_next_append(SimStore::Fault::disk_low);
  Outcome outcome;
  submit(store, sample::append(store.node(), stream, 0, 1, "r1"), outcome);
  store.run();
  EXPECT_EQ(outcome.result->error().kind, StoreErrorKind::disk_low);
  EXPECT_EQ(committed_events(store, stream), 0u);
}

TEST(SimStore, LeavesABatchUnderWayEitherWholeOrAbsentInACrash) {
  std::set<std::size_t> outcomes;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SimStore store(seed);
    const StreamId stream = sample::stream_in(kBucket, 0);
    Outcome outcome;
    submit(store, sample::append(store.node(), stream, 0, 3, "r1"), outcome);
    store.crash();
    EXPECT_FALSE(store.step());
    EXPECT_FALSE(outcome.arrived);
    outcomes.insert(committed_events(store, stream));
  }
  EXPECT_EQ(outcomes, (std::set<std::size_t>{0, 3}));
}

TEST(SimStore, RepeatsItselfFromASeed) {
  const auto trace = [](std::uint64_t seed) {
    SimStore store(seed);
    store.set_rates({.unavailable = 300, .unknown = 0, .load_fails = 300, .recover_fails = 0});
    std::string order;
    const StreamId stream = sample::stream_in(kBucket, 0);
    for (int i = 0; i < 20; ++i) {
      store.load(kBucket, stream, [&order, i](const StoreResult<StreamHistory>& result) {
        order += std::to_string(i) + (result.ok() ? "+" : "-");
      });
    }
    store.run();
    return order;
  };
  EXPECT_EQ(trace(7), trace(7));
  EXPECT_NE(trace(7), trace(8));
}

}  // namespace
}  // namespace pim::store
