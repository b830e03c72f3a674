// What is done with a store's directory while no server has it: restore, activate, inspect. A
// backup of a running store is EventStore::backup().
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "store/anchor.h"
#include "store/event_store.h"
#include "store/sqlite/manifest.h"

namespace pim::store::sqlite {

// Hash, integrity, chains and counts of a backup directory against its manifest.
StoreResult<Manifest> verify_backup(const std::string& backup);

// Verifies a backup and makes a store of it in `directory` (absent or empty), under a new node id.
// Every bucket is `suspect`: nothing can be appended before activate().
StoreResult<Manifest> restore(const std::string& backup, const std::string& directory);

struct LostRange {
  BucketId bucket;
  std::uint64_t from = 0;  // first and last position that an anchor knows and the store has not
  std::uint64_t to = 0;
  UtcMillis anchored_at;
};
struct ActivationReport {
  bool activated = false;
  std::uint64_t anchors_checked = 0;    // at or below the restored heads
  std::vector<std::string> mismatches;  // anchors that the history does not hold: never activated
  std::vector<LostRange> lost;          // needs accept_loss
  Epoch highest_epoch;                  // that any bucket has now
};
// Puts the suspect buckets of a restored store into service, owned by its node at an epoch above
// every known one. Every anchor at or below a restored head must match the history there; anchors
// beyond it are known loss. What was written after the last anchor (up to a minute) and lost cannot
// be known. Errors: no such store, or nothing in it is suspect.
StoreResult<ActivationReport> activate(const std::string& directory,
                                       const std::vector<Anchor>& anchors, bool accept_loss);

struct StoreInfo {
  std::int64_t schema_version = 0;
  NodeId node;
  std::uint64_t database_bytes = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t events = 0;
  std::uint64_t receipts = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t used_buckets = 0;                   // with at least one event
  std::array<std::uint64_t, 5> buckets_by_state{};  // by BucketState
  std::uint64_t buckets_of_others = 0;              // owned by another node
  Epoch highest_epoch;
};
// Takes the directory's lock, and changes nothing.
StoreResult<StoreInfo> inspect(const std::string& directory);

}  // namespace pim::store::sqlite
