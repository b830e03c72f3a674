// What a node is made of behind its ports: the store of a data directory, a spine on it, and its
// projections beside it. A server puts ports before it; an offline import does without.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/server.h"
#include "cli/commit_feed.h"
#include "cli/serve_config.h"
#include "domain/result.h"
#include "store/anchor.h"

namespace pim::cli {

// Opening and closing are for one thread.
class NodeParts {
 public:
  // Takes the directory's lock; creates what is not there.
  static Result<std::unique_ptr<NodeParts>, std::string> open(const ServeConfig& config);
  ~NodeParts();

  api::Services services();
  // Where events go; null where no endpoint is configured.
  telemetry::LogSender* logs() { return telemetry_.logs.get(); }

  // How long the last telemetry may take, once all else has ended; then the process ends with that
  // exit code. Without it, a time-out or two.
  void limit_end(std::chrono::milliseconds limit, int exit_code);

  // Signs the heads as they are now, outside the data directory.
  Result<void, std::string> anchor();
  // The admitted commands are answered, then the projections catch up. False where the commands or
  // the journal did not make it.
  bool drain(std::chrono::steady_clock::time_point deadline);

 private:
  NodeParts() = default;
  Result<void, std::string> open_telemetry(const ServeConfig& config);
  Result<void, std::string> open_store(const ServeConfig& config);
  Result<void, std::string> open_profiler(const ServeConfig& config);
  Result<void, std::string> open_anchors(const ServeConfig& config);
  Result<void, std::string> open_readers(const ServeConfig& config);
  Result<void, std::string> open_spine(const ServeConfig& config);

  // In the order of construction: each part outlives those below it.
  telemetry::Registry metrics_;
  // Ends when nothing is left that has something to tell.
  struct Telemetry {
    struct End {
      std::chrono::milliseconds limit;
      int exit_code;
    };
    ~Telemetry();
    std::optional<End> end;
    std::unique_ptr<telemetry::LogSender> logs;        // null: lines only
    std::unique_ptr<telemetry::Tracer> tracer;         // null: no spans
    std::unique_ptr<telemetry::Profiler> profiler;     // null: off
    std::unique_ptr<telemetry::ProfilePush> profiles;  // null: none is sent
  };
  Telemetry telemetry_;
  CommitFeed commits_;
  std::unique_ptr<store::EventStore> store_;
  std::unique_ptr<store::Reader> anchor_reader_;
  std::unique_ptr<store::AnchorLog> anchor_log_;
  std::unique_ptr<audit::Journal> journal_;
  std::unique_ptr<readmodel::ReadModel> read_model_;
  std::unique_ptr<audit::AuditIndex> audit_index_;
  std::unique_ptr<spine::Spine> spine_;
};

}  // namespace pim::cli
