#include "store/event_store.h"

namespace pim::store {

std::string_view to_string(StoreErrorKind kind) {
  switch (kind) {
    case StoreErrorKind::rejected:
      return "rejected";
    case StoreErrorKind::conflict:
      return "conflict";
    case StoreErrorKind::fenced:
      return "fenced";
    case StoreErrorKind::unavailable:
      return "unavailable";
    case StoreErrorKind::unknown:
      return "unknown";
    case StoreErrorKind::corrupt:
      return "corrupt";
    case StoreErrorKind::disk_low:
      return "disk-low";
  }
  return "invalid";
}

StoreResult<std::optional<std::uint64_t>> Reader::last_position_of(BucketId, Epoch) {
  return std::optional<std::uint64_t>{};
}

// by value, because the engines that override it keep it
// NOLINTNEXTLINE(performance-unnecessary-value-param)
void EventStore::backup(const std::string&, Done done) {
  done(Err{StoreError{StoreErrorKind::rejected,
                      "this engine has no online backup of its own; use its server's tools"}});
}

}  // namespace pim::store
