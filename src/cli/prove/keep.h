// `--keep`: a server that outlives the demo, and what to try on it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "domain/ids.h"
#include "domain/result.h"

namespace pim::cli::prove {

struct KeptServer {
  pid_t pid = -1;
  std::uint16_t port = 0;
  std::uint16_t admin_port = 0;
};

// In a session of its own; its log is SCRATCH/kept.log.
Result<KeptServer, std::string> keep_server(const std::string& program, const std::string& data,
                                            const std::string& keys, const std::string& scratch);

// Three commands: read a chart, search the audit trail, look at the metrics; and how to stop it.
std::string curl_lines(const KeptServer& server, const std::string& token,
                       const std::string& auditor_token, const Uuid& patient);

}  // namespace pim::cli::prove
