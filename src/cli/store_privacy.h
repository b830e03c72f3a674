// The privacy rules over every event of a store that no server has the lock of.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "data/privacy/report.h"
#include "domain/result.h"

namespace pim::cli {

// `done` counts buckets.
using ScanProgress =
    std::function<void(std::uint64_t done, std::uint64_t total, std::uint64_t events)>;

Result<data::privacy::Report, std::string> scan_store(const std::string& data,
                                                      const ScanProgress& progress);

}  // namespace pim::cli
