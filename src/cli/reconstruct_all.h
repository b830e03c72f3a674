// Every patient twice: folded from the events alone, and as the read model shows it. Both must be
// the same bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "domain/result.h"
#include "readmodel/read_model.h"
#include "store/event_store.h"

namespace pim::cli {

struct ReconstructReport {
  std::uint64_t patients = 0;
  std::uint64_t encounters = 0;
  std::uint64_t events = 0;
  std::uint64_t different = 0;
  std::vector<std::string> differences;  // the first 20
};

using BucketProgress = std::function<void(std::uint64_t buckets_done, std::uint64_t patients)>;

// The read model must have caught up with the store.
Result<ReconstructReport, std::string> reconstruct_all(store::Reader& reader,
                                                       readmodel::Queries& queries,
                                                       const BucketProgress& progress);

}  // namespace pim::cli
