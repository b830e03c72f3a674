// Single requests whose answers are evidence: repeated commands, refused ones, audit searches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/prove/lab_server.h"
#include "cli/prove/traffic.h"

namespace pim::cli::prove {

struct ReplayProbe {
  std::uint64_t repeated = 0;
  std::uint64_t same = 0;               // replayed, with the same status, ETag, position and body
  std::uint64_t key_reuse_refused = 0;  // the same key with another body got 422
  std::uint64_t key_reuse_tried = 0;
};
// Sends remembered commands again, in the history, as the same user.
ReplayProbe probe_replays(const LabServer& server, const std::vector<Remembered>& remembered,
                          const TrafficOptions& traffic, load::Recorder& recorder);

struct AuditProbe {
  std::uint64_t searched = 0;  // request ids of acknowledged writes
  std::uint64_t found = 0;     // with the right user
  bool denied_found = false;   // a command that was denied is in the audit trail
  bool read_found = false;     // a read of a chart is in it
};
// `auditor`: a token; `known`: commands of `user`.
AuditProbe probe_audit(const LabServer& server, const std::string& auditor, const std::string& user,
                       const std::vector<Remembered>& known);

// Waits until the projections are at the store's heads; false where that takes too long.
bool await_projection(const LabServer& server, std::chrono::seconds limit);

struct RebuildProbe {
  std::string error;  // empty: it ran
  std::uint64_t rows_compared = 0;
  std::uint64_t differences = 0;
  bool switched = false;
};
// `operator_token` may start a rebuild beside the live read model.
RebuildProbe probe_rebuild(const LabServer& server, const std::string& operator_token);

}  // namespace pim::cli::prove
