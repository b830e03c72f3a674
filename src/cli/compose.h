// The wiring: a directory becomes a store, a spine on it, its projections beside it, and the HTTP
// front. The one place that knows all rooms.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "cli/serve_config.h"
#include "domain/result.h"
#include "telemetry/log_sender.h"

namespace pim::cli {

// Where the parts of a data directory lie.
struct DataLayout {
  std::string store;       // the event store's own files
  std::string read_model;  // derived
  std::string audit;       // derived
  std::string journal;

  static DataLayout of(const std::string& data);
};

// Where the signed heads lie, outside the data directory.
struct AnchorLayout {
  std::string file;
  std::string key;

  static AnchorLayout of(const std::string& anchors);
};

// A running node. Starting and stopping are for one thread.
class Node {
 public:
  static Result<std::unique_ptr<Node>, std::string> start(const ServeConfig& config);
  virtual ~Node() = default;

  virtual std::uint16_t port() const = 0;
  virtual std::uint16_t admin_port() const = 0;
  // Signs the heads as they are now, outside the data directory. An error is worth a log line, not
  // the end.
  virtual Result<void, std::string> anchor() = 0;
  // No new requests; the admitted ones are answered. False where the limit passed first.
  virtual bool drain(std::chrono::milliseconds limit) = 0;
  // When all but telemetry has ended, the process ends within the limit, with that exit code if it
  // is by force: back ends that are away do not hold up a successor.
  virtual void limit_end(std::chrono::milliseconds limit, int exit_code) = 0;
  // Where events go; null where no endpoint is configured.
  virtual telemetry::LogSender* logs() = 0;
};

}  // namespace pim::cli
