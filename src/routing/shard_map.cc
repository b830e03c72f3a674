#include "routing/shard_map.h"

#include <utility>

namespace pim {

ShardMap ShardMap::default_map(std::uint32_t shards, std::uint32_t stores, const Region& region) {
  Buckets buckets;
  buckets.reserve(kBuckets);
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto shard = default_shard(BucketId{static_cast<std::uint16_t>(bucket)}, shards);
    const auto store = static_cast<std::uint16_t>(shard.value * stores / shards);
    buckets.push_back({shard, StoreId{store}, region});
  }
  return {1, std::move(buckets)};
}

ShardMap ShardMap::moved(BucketId bucket, Placement to) const {
  Buckets buckets = *buckets_;
  buckets[bucket.value] = std::move(to);
  return {version_ + 1, std::move(buckets)};
}

}  // namespace pim
