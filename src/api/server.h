// The HTTP front: data port (`/v1`, `/openapi.json`) and admin port (`/livez`, `/readyz`,
// `/startupz`, `/metrics`, `/version`, `/debug/pprof/profile`, `/admin/...`).
//
//   Listener -> Connection (parse, time-outs) -> Router -> auth -> handler -> Spine or Queries ->
//   reply
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "audit/journal.h"
#include "domain/result.h"
#include "readmodel/read_model.h"
#include "spine/spine.h"
#include "store/event_store.h"
#include "telemetry/log_sender.h"
#include "telemetry/metrics.h"
#include "telemetry/pyroscope.h"
#include "telemetry/tracer.h"

namespace pim::api {

struct ServerOptions {
  std::string listen_address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses
  std::string admin_address = "127.0.0.1";
  std::uint16_t admin_port = 0;
  std::string tls_certificate_file;  // PEM; empty: no TLS
  std::string tls_key_file;
  bool plain_beyond_loopback = false;  // without it anything but loopback needs TLS
  std::string jwt_keys_file;           // docs/formats/keys.md: kid, algorithm, key
  std::string issuer = "pim-lab";
  std::string audience = "pim";
  std::uint32_t io_threads = 2;
  std::uint32_t query_threads = 4;
  std::uint32_t max_connections = 1024;
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::chrono::milliseconds header_timeout{5000};
  std::chrono::milliseconds body_timeout{10000};
  std::chrono::milliseconds idle_timeout{60000};
  std::chrono::milliseconds default_deadline{5000};
  std::uint32_t shards = 4;
  std::string region = "local";  // where this node runs; a label
};

// Everything a handler may use. All outlive the server.
struct Services {
  spine::Spine& spine;
  store::EventStore& store;
  readmodel::ReadModel& read_model;
  audit::AuditIndex& audit_index;
  audit::Journal& journal;
  telemetry::Registry& metrics;
  telemetry::Tracer* tracer = nullptr;         // null: no spans, and no trace is kept
  telemetry::LogSender* logs = nullptr;        // null: no request lines of kept traces, no events
  telemetry::Profiler* profiler = nullptr;     // null: off
  telemetry::ProfilePush* profiles = nullptr;  // null: none is sent
};

struct ServerError {
  std::string message;
};

class Server {
 public:
  // Binds, starts the I/O threads; accepts only once ready() has been called (`/readyz` is 503
  // before).
  static Result<std::unique_ptr<Server>, ServerError> start(const ServerOptions& options,
                                                            const Services& services);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  virtual std::uint16_t admin_port() const = 0;
  virtual void ready() = 0;
  // Readiness falls at once, new connections are refused, requests under way are answered (with
  // `Connection: close`); then the threads end. False where the limit passed first.
  virtual bool drain(std::chrono::milliseconds limit) = 0;
};

// The document that describes the router, rendered from its table.
std::string openapi_document();

}  // namespace pim::api
