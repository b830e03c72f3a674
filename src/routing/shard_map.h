// bucket -> shard -> store, region. An immutable value: a change is a new map with a higher
// version. Any copy but the control store's is a hint; each bucket's head row is the truth.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "domain/text.h"
#include "routing/bucket.h"

namespace pim {

// A place where events are kept, by its number in the configuration.
struct StoreId {
  std::uint16_t value = 0;
  auto operator<=>(const StoreId&) const = default;
};

// Where one bucket lives.
struct Placement {
  ShardId shard;
  StoreId store;
  Region region;
  bool operator==(const Placement&) const = default;
};

// Cheap to copy; safe to read from any thread.
class ShardMap {
 public:
  // Version 1: contiguous, equal ranges of buckets a shard, and of shards a store.
  // 1 <= stores <= shards <= kBuckets.
  static ShardMap default_map(std::uint32_t shards, std::uint32_t stores, const Region& region);

  // The same map with one bucket placed elsewhere, and the next version.
  ShardMap moved(BucketId bucket, Placement to) const;

  std::uint64_t version() const { return version_; }
  const Placement& placement_of(BucketId bucket) const { return (*buckets_)[bucket.value]; }
  ShardId shard_of(BucketId bucket) const { return placement_of(bucket).shard; }
  StoreId store_of(BucketId bucket) const { return placement_of(bucket).store; }
  const Region& region_of(BucketId bucket) const { return placement_of(bucket).region; }

  // Equal in version and in every bucket.
  bool operator==(const ShardMap& other) const {
    return version_ == other.version_ && *buckets_ == *other.buckets_;
  }

 private:
  using Buckets = std::vector<Placement>;  // kBuckets of them
  ShardMap(std::uint64_t version, Buckets buckets)
      : version_(version), buckets_(std::make_shared<const Buckets>(std::move(buckets))) {}

  std::uint64_t version_;
  std::shared_ptr<const Buckets> buckets_;
};

}  // namespace pim
