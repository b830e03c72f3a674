// A data directory of which no server has the lock, opened for tools.
#pragma once

#include <memory>
#include <string>

#include "domain/result.h"
#include "store/event_store.h"

namespace pim::cli {

struct OfflineStore {
  std::unique_ptr<store::EventStore> store;
  std::unique_ptr<store::Reader> reader;
};

// Never creates a store. The error says what to do where a server is running on the directory.
Result<OfflineStore, std::string> open_offline(const std::string& data);

}  // namespace pim::cli
