// What a node is made of behind its ports: the store of a data directory, a spine on it, and its
// projections beside it. A server puts ports before it; an offline import does without.
#pragma once

#include <chrono>
#include <memory>
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

  // Signs the heads as they are now, outside the data directory.
  Result<void, std::string> anchor();
  // The admitted commands are answered, then the projections catch up. False where the commands or
  // the journal did not make it.
  bool drain(std::chrono::steady_clock::time_point deadline);

 private:
  NodeParts() = default;
  Result<void, std::string> open_tracer(const ServeConfig& config);
  Result<void, std::string> open_store(const ServeConfig& config);
  Result<void, std::string> open_profiler(const ServeConfig& config);
  Result<void, std::string> open_anchors(const ServeConfig& config);
  Result<void, std::string> open_readers(const ServeConfig& config);
  Result<void, std::string> open_spine(const ServeConfig& config);

  // In the order of construction: each part outlives those below it.
  telemetry::Registry metrics_;
  std::unique_ptr<telemetry::Tracer> tracer_;         // null: no spans
  std::unique_ptr<telemetry::Profiler> profiler_;     // null: off
  std::unique_ptr<telemetry::ProfilePush> profiles_;  // null: none is sent
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
