// The three things verify() walks, each into the same report.
#pragma once

#include <string>

#include "audit/audit.h"

namespace pim::audit {

// Findings beyond this many are counted under one last line: a broken chain breaks everywhere.
inline constexpr std::size_t kMaxFindings = 1000;
void add_finding(VerifyReport& report, std::string where, std::string what);

// Chains, positions, versions, origins and heads of every bucket; receipts against events.
store::StoreResult<void> verify_store(store::Reader& store, const VerifyOptions& options,
                                      VerifyReport& report);

// The chains of all journals in `directory` and right below it.
store::StoreResult<void> verify_journals(const std::string& directory, VerifyReport& report);

}  // namespace pim::audit
