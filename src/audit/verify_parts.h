// What verify() is made of; each part adds to the same report.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "audit/command_sum.h"
#include "store/anchor.h"

namespace pim::audit {

// Findings beyond this many are counted under one last line: a broken chain breaks everywhere.
inline constexpr std::size_t kMaxFindings = 1000;
void add_finding(VerifyReport& report, std::string where, std::string what);

// "bucket 17 position 42".
std::string place_of(BucketId bucket, std::uint64_t position);

// By bucket, in the order of positions.
using AnchorsByBucket = std::vector<std::vector<store::Anchor>>;
// None where no file is named. An anchor that is not signed with the key is a finding; a key that
// cannot be read is an error.
store::StoreResult<AnchorsByBucket> load_anchors(const VerifyOptions& options,
                                                 VerifyReport& report);

// What the walk over the events leaves for the check of the receipts, by bucket.
struct WalkedBuckets {
  std::vector<std::uint64_t> last_position;  // how far the bucket was walked
  std::vector<CommandSum> commands;          // that its events tell of
};
// Chains, positions, versions, origins and anchors of every bucket, up to its head. In memory are a
// page of events and one bucket's streams.
store::StoreResult<WalkedBuckets> verify_events(store::Reader& store, const VerifyOptions& options,
                                                const AnchorsByBucket& anchors,
                                                VerifyReport& report);

// Each command that the events tell of has its receipt, and each receipt its events.
store::StoreResult<void> verify_receipts(store::Reader& store, const VerifyOptions& options,
                                         const WalkedBuckets& walked, VerifyReport& report);

// The chains of all journals in `directory` and right below it.
store::StoreResult<void> verify_journals(const std::string& directory, VerifyReport& report);

}  // namespace pim::audit
