// Who this process is to the store: read once at the start, checked by the store at every append.
#pragma once

#include <array>

#include "routing/bucket.h"
#include "store/event_store.h"

namespace pim::spine {

struct Ownership {
  NodeId node;
  std::array<Epoch, kBuckets> epochs{};
};

store::StoreResult<Ownership> read_ownership(store::EventStore& store);

}  // namespace pim::spine
