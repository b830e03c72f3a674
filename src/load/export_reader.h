// Reads the events out of what `pim audit export` wrote (docs/formats/audit-record.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "domain/ids.h"
#include "domain/result.h"

namespace pim::load {

// An event as far as the ledger's check needs it.
struct StoredEvent {
  std::string user;
  std::string request_id;
  Uuid stream;
  Version version = 0;
  std::uint32_t bucket = 0;
  std::uint64_t position = 0;
};

// Calls visit for each event, in the file's order; receipts and journal entries are stepped over.
// Fails at the first line that is no record, and where the last line has no end.
Result<void, std::string> read_export(const std::string& file,
                                      const std::function<void(const StoredEvent&)>& visit);

}  // namespace pim::load
