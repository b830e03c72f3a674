#include "spine/fold.h"

#include <string>
#include <utility>

#include "domain/decide.h"
#include "domain/json.h"

namespace pim::spine {
namespace {

Err<store::StoreError> corrupt(StreamId stream, Version version, const std::string& what) {
  return Err{store::StoreError{store::StoreErrorKind::corrupt,
                               "stream " + stream.to_string() + ", version " +
                                   std::to_string(version) + ": " + what +
                                   "; run `pim audit verify`"}};
}

}  // namespace

store::StoreResult<FoldedStream> fold(const store::StreamHistory& history) {
  FoldedStream folded;
  if (!history.snapshot.empty()) {
    const store::Snapshot& snapshot = history.snapshot.front();
    auto state = state_from_json(snapshot.kind, snapshot.state);
    if (!state.ok()) {
      return corrupt(snapshot.stream, snapshot.version, "snapshot: " + state.error().message);
    }
    folded.kind = snapshot.kind;
    folded.tenant = snapshot.tenant;
    folded.version = snapshot.version;
    folded.snapshot_version = snapshot.version;
    folded.state = std::move(state.value());
  }
  for (const store::EventRecord& record : history.events) {
    if (record.version != folded.version + 1) {
      return corrupt(record.stream, record.version, "an event before it is missing");
    }
    auto event = event_from_json(record.type, record.data);
    if (!event.ok()) {
      return corrupt(record.stream, record.version, "event: " + event.error().message);
    }
    if (folded.version == 0) {
      folded.kind = record.kind;
      folded.tenant = record.origin.tenant;
    }
    evolve(folded.state, event.value());
    folded.version = record.version;
  }
  return folded;
}

store::Snapshot snapshot_of(StreamId id, const FoldedStream& stream) {
  return {id, stream.kind, stream.version, stream.tenant, state_to_json(stream.state)};
}

}  // namespace pim::spine
