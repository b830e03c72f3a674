// The tables of a store file and how an older file becomes a current one. What every column means:
// docs/formats/event-store.md.
#pragma once

#include <cstdint>

#include "store/sqlite/connection.h"

namespace pim::store::sqlite {

inline constexpr std::int64_t kSchemaVersion = 3;
inline constexpr std::int64_t kApplicationId = 0x50494D45;  // "PIME"

// Orders events by bucket, then by position: the unique `key` of an event.
inline constexpr unsigned kPositionBits = 44;
constexpr std::uint64_t event_key(BucketId bucket, std::uint64_t position) {
  return (std::uint64_t{bucket.value} << kPositionBits) | position;
}
constexpr BucketId bucket_of_key(std::uint64_t key) {
  return BucketId{static_cast<std::uint16_t>(key >> kPositionBits)};
}
constexpr std::uint64_t position_of_key(std::uint64_t key) {
  return key & ((std::uint64_t{1} << kPositionBits) - 1);
}

// Makes an empty file a store of `node` that owns every bucket at epoch 1, or brings an older
// schema up to date, in one transaction. Refuses a newer one and files that are something else.
// `connection` must be able to write.
StoreResult<void> prepare_schema(Connection& connection, NodeId node);

// Current? For those who only read.
StoreResult<void> check_schema(Connection& connection);

}  // namespace pim::store::sqlite
