#include "routing/shard_map.h"

#include <gtest/gtest.h>

#include <vector>

#include "domain/must_testing.h"

namespace pim {
namespace {

using domain_testing::must;

const Region kEast = must(Region::parse("us-east"));
const Region kWest = must(Region::parse("us-west"));

BucketId bucket(std::uint32_t n) { return BucketId{static_cast<std::uint16_t>(n)}; }

TEST(ShardMap, DefaultShardsAreEqualContiguousRanges) {
  for (std::uint32_t shards : {1U, 3U, 4U, 7U, 64U, kBuckets}) {
    const auto map = ShardMap::default_map(shards, 1, kEast);
    std::vector<std::uint32_t> buckets_of(shards);
    for (std::uint32_t n = 0; n < kBuckets; ++n) {
      ++buckets_of.at(map.shard_of(bucket(n)).value);
      if (n > 0) {
        EXPECT_GE(map.shard_of(bucket(n)), map.shard_of(bucket(n - 1)));
      }
      EXPECT_EQ(map.shard_of(bucket(n)), default_shard(bucket(n), shards));
      EXPECT_EQ(map.region_of(bucket(n)), kEast);
    }
    for (auto count : buckets_of) {
      EXPECT_GE(count, kBuckets / shards) << shards;
      EXPECT_LE(count, (kBuckets + shards - 1) / shards) << shards;
    }
  }
}

TEST(ShardMap, AShardHasOneStoreAndEveryStoreHasShards) {
  const auto map = ShardMap::default_map(8, 3, kEast);
  std::vector<int> store_of_shard(8, -1);
  std::vector<int> shards_of_store(3);
  for (std::uint32_t n = 0; n < kBuckets; ++n) {
    auto& store = store_of_shard.at(map.shard_of(bucket(n)).value);
    const int here = map.store_of(bucket(n)).value;
    if (store < 0) ++shards_of_store.at(static_cast<std::size_t>(here));
    EXPECT_TRUE(store < 0 || store == here);
    store = here;
  }
  for (int shards : shards_of_store) EXPECT_GE(shards, 2);
}

TEST(ShardMap, AMoveIsANewVersionAndLeavesTheOldOne) {
  const auto before = ShardMap::default_map(4, 1, kEast);
  const auto after = before.moved(bucket(100), {ShardId{3}, StoreId{0}, kWest});
  EXPECT_EQ(before.version(), 1U);
  EXPECT_EQ(before.shard_of(bucket(100)), ShardId{0});
  EXPECT_EQ(after.version(), 2U);
  EXPECT_EQ(after.shard_of(bucket(100)), ShardId{3});
  EXPECT_EQ(after.region_of(bucket(100)), kWest);
  EXPECT_EQ(after.placement_of(bucket(99)), before.placement_of(bucket(99)));
  EXPECT_FALSE(before == after);
  EXPECT_EQ(before, ShardMap::default_map(4, 1, kEast));
}

}  // namespace
}  // namespace pim
