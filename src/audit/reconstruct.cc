#include <string>
#include <utility>

#include "audit/audit.h"
#include "domain/decide.h"
#include "domain/json.h"
#include "routing/bucket.h"

namespace pim::audit {
namespace {

constexpr std::size_t kPage = 500;

bool beyond(const store::EventRecord& event, const AsOf& as_of) {
  return (as_of.version && event.version > *as_of.version) ||
         (as_of.time && event.origin.recorded_at > *as_of.time);
}

}  // namespace

store::StoreResult<Reconstructed> reconstruct(store::Reader& store, StreamId stream,
                                              const AsOf& as_of) {
  Reconstructed result;
  while (true) {
    auto page = store.read_stream(bucket_of(stream.value), stream, result.version, kPage);
    if (!page) return Err{std::move(page.error())};
    for (const store::EventRecord& record : *page) {
      // Clocks may step back between events, but what happened is a prefix: it ends at the first
      // event that is too late.
      if (beyond(record, as_of)) return result;
      const auto event = event_from_json(record.type, record.data);
      // The next program version's events may be unknown here: they count, and change nothing else.
      const bool foreign = !event && record.schema_version > kEventSchemaVersion;
      if (!event && !foreign) {
        return Err{store::StoreError{store::StoreErrorKind::corrupt,
                                     "event " + record.id.to_string() + " (" + record.type +
                                         ") cannot be read: " + event.error().field + " " +
                                         event.error().message}};
      }
      if (event) evolve(result.state, *event);
      result.version = record.version;
      result.tenant = record.origin.tenant;
      result.recorded_at = record.origin.recorded_at;
    }
    if (page->size() < kPage) return result;
  }
}

}  // namespace pim::audit
