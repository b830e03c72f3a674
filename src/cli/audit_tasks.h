// What the audit commands and the demo do to a data directory that no server has the lock of.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "audit/audit.h"
#include "cli/reconstruct_all.h"
#include "domain/result.h"

namespace pim::cli {

using EventProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// `anchors` empty: DATA-anchors where it exists.
Result<audit::VerifyReport, std::string> verify_data(const std::string& data, std::string anchors,
                                                     const EventProgress& progress);
std::string to_json(const audit::VerifyReport& report);  // with a line end
std::string to_text(const audit::VerifyReport& report);

// After the index has caught up.
Result<audit::SearchPage, std::string> search_data(const std::string& data,
                                                   const audit::SearchQuery& query);

Result<audit::Reconstructed, std::string> reconstruct_data(const std::string& data, StreamId stream,
                                                           const audit::AsOf& as_of);
Result<ReconstructReport, std::string> reconstruct_data_all(const std::string& data,
                                                            const BucketProgress& progress);

// To a file, or `-`: standard output. Returns the number of lines.
Result<std::uint64_t, std::string> export_data(const std::string& data, const std::string& output);

}  // namespace pim::cli
