// patient -> bucket -> shard. The bucket function is fixed for ever: golden vectors pin it.
#pragma once

#include <compare>
#include <cstdint>

#include "domain/ids.h"

namespace pim {

inline constexpr std::uint32_t kBuckets = 4096;

struct BucketId {
  std::uint16_t value = 0;  // 0 to kBuckets - 1
  auto operator<=>(const BucketId&) const = default;
};
struct ShardId {
  std::uint16_t value = 0;
  auto operator<=>(const ShardId&) const = default;
};
// Who may append to a bucket changes only with its epoch: +1 at each change of owner.
struct Epoch {
  std::uint64_t value = 0;
  auto operator<=>(const Epoch&) const = default;
};

// XXH3_64bits (seed 0) of the 16 bytes, upper 12 bits. XXH3 is stable since xxHash 0.8.0.
BucketId bucket_of(const Uuid& routing_id);

// The default map: contiguous, equal ranges. 1 <= shards <= kBuckets.
constexpr ShardId default_shard(BucketId bucket, std::uint32_t shards) {
  return ShardId{static_cast<std::uint16_t>(bucket.value * shards / kBuckets)};
}

}  // namespace pim
