// The API on a data directory that no server has: the same checks, commands and records as over
// HTTP, without a socket.
#pragma once

#include <memory>
#include <string>

#include "domain/result.h"
#include "load/http_client.h"

namespace pim::cli {

struct OfflineApiOptions {
  std::string data;     // created where absent; its lock is held until the end
  std::string anchors;  // empty: DATA-anchors, as `pim serve` has it
  std::string keys;     // that tokens are verified with
};

// For one thread.
class OfflineApi {
 public:
  // Fails where a server is running on the directory.
  static Result<std::unique_ptr<OfflineApi>, std::string> open(const OfflineApiOptions& options);
  virtual ~OfflineApi() = default;

  // Returns once the answer is there; what it acknowledges is durable.
  virtual Result<load::Response, load::TransportError> send(const load::Request& request) = 0;
  // As a server ends: projections caught up, heads signed. No send() afterwards.
  virtual Result<void, std::string> close() = 0;
};

}  // namespace pim::cli
