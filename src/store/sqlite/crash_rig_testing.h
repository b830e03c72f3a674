// A store on a fault disk, random work on it, and an oracle of what was acknowledged: after each
// crash the two are compared.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "store/event_store.h"
#include "store/sqlite/fault_disk_testing.h"
#include "store/sqlite/fault_vfs_testing.h"

namespace pim::store::sqlite {

struct Tally {
  std::uint64_t power_losses = 0;
  std::uint64_t acknowledged = 0;  // checks of an acknowledged append
  std::uint64_t lost = 0;          // acknowledged, and not there as it was acknowledged
  std::uint64_t duplicated = 0;    // there more than once
  std::uint64_t phantom = 0;       // there, and never submitted, or said not to be written
  std::uint64_t torn_batches = 0;  // an undecided batch is there in part
  std::uint64_t broken = 0;        // a chain, position, version or answer that cannot be
  std::string first_problem;

  std::uint64_t problems() const { return lost + duplicated + phantom + torn_batches + broken; }
};

class CrashRig {
 public:
  explicit CrashRig(std::uint64_t seed);
  // On a copy of another rig's files; that one must be closed and untouched but for its creation.
  CrashRig(std::uint64_t seed, const CrashRig& image);
  ~CrashRig();
  CrashRig(const CrashRig&) = delete;
  CrashRig& operator=(const CrashRig&) = delete;

  FaultDisk& disk() { return disk_; }
  EventStore& store() { return *store_; }
  std::uint64_t pick(std::uint64_t below) { return rng_() % below; }

  // From the next open() on: the engine's real threads, at the price of runs that a seed does not
  // repeat exactly.
  void sync_in_background() { syncs_in_background_ = true; }

  StoreResult<void> open();
  void close() { store_.reset(); }

  // Up to `batches` random batches; stops at the first that fails. An `unknown` one is remembered
  // as undecided.
  StoreResult<void> work(int batches, Tally& tally);
  // Runs one batch again and again, over failures that say nothing was written and over recover()
  // after `unknown`, until it is decided.
  StoreResult<void> work_through_faults(int batches, Tally& tally);
  StoreResult<void> recover();

  // Closes, lets the disk settle, opens again.
  StoreResult<void> lose_power(Tally& tally);

  // Finds out by receipts what became of the undecided batch; what is found counts as acknowledged.
  StoreResult<void> resolve(Tally& tally);
  // Everything against the oracle. Needs what is undecided to be resolved.
  void check(Tally& tally);

 private:
  struct Expected {
    Append append;
    AppendResult::Kind kind;
  };
  struct Acknowledged {
    Append append;
    Receipt receipt;
  };
  class Audit;

  std::vector<Expected> random_batch();
  BatchResult submit(const std::vector<Expected>& batch);
  // Waits until the writer is idle: what it does after a reply must not race with the next fault,
  // or a seed would not repeat itself.
  void settle();
  void acknowledge(const std::vector<Expected>& batch, const std::vector<AppendResult>& results,
                   Tally& tally);
  void problem(Tally& tally, std::uint64_t& count, const std::string& what);

  const std::uint64_t seed_;
  bool syncs_in_background_ = false;
  std::mt19937_64 rng_;
  FaultDisk disk_;
  FaultVfs vfs_;
  std::unique_ptr<EventStore> store_;

  // The oracle.
  NodeId node_;
  std::vector<StreamId> streams_;
  std::map<StreamId, Version> versions_;              // acknowledged
  std::map<std::string, Acknowledged> acknowledged_;  // by request id
  std::vector<Expected> undecided_;
  std::uint64_t next_request_ = 0;
};

}  // namespace pim::store::sqlite
