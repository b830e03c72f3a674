#include "cli/offline_store.h"

#include <filesystem>

#include "store/sqlite/engine.h"
#include "telemetry/scoped_span.h"

namespace pim::cli {

Result<OfflineStore, std::string> open_offline(const std::string& data) {
  if (!std::filesystem::exists(data + "/events.db")) {
    return Err{data + " is not a data directory: there is no events.db in it"};
  }
  store::sqlite::SqliteOptions options;
  options.directory = data;
  telemetry::ScopedSpan span("open store");
  auto store = store::sqlite::open_sqlite_store(options);
  if (!store) {
    span.fail(to_string(store.error().kind));
    return Err{store.error().message +
               " (with a server running: `pim store backup`, then look at the backup)"};
  }
  auto reader = (*store)->open_reader();
  if (!reader) return Err{reader.error().message};
  return OfflineStore{std::move(*store), std::move(*reader)};
}

}  // namespace pim::cli
