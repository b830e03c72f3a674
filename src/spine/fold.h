// A stream's history, folded: what an executor caches and what a reference is taken from.
#pragma once

#include "domain/state.h"
#include "domain/text.h"
#include "store/event_store.h"

namespace pim::spine {

struct FoldedStream {
  StreamKind kind = StreamKind::patient;
  TenantId tenant;
  Version version = 0;  // 0: the stream does not exist
  StreamState state;
  Version snapshot_version = 0;  // of the newest snapshot that the store holds; 0: none
};

// Folds what EventStore::load gave. `corrupt` where an event or a snapshot cannot be read, or a
// version is missing. Pure: it runs on the store's threads, away from the executor.
store::StoreResult<FoldedStream> fold(const store::StreamHistory& history);

// Precondition: stream.version > 0, and all of it is durable.
store::Snapshot snapshot_of(StreamId id, const FoldedStream& stream);

}  // namespace pim::spine
