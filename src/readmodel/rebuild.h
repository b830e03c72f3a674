// A second read model, built from the store beside the live one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "readmodel/projection.h"
#include "store/event_store.h"

namespace pim::readmodel {

// Applies every bucket's events up to `targets` (by bucket) and no further, in bounded batches.
// `unavailable` also where the store no longer has them.
store::StoreResult<void> feed(Sink& sink, store::Reader& reader,
                              const std::vector<std::uint64_t>& targets);

std::vector<std::uint64_t> positions_of(const std::vector<Checkpoint>& checkpoints);

}  // namespace pim::readmodel
