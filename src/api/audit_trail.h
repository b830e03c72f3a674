// What the front must put on record: reads of patient data before their reply, and every command
// or query that was turned down, denied or failed.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/api_metrics.h"
#include "api/call.h"
#include "audit/journal.h"

namespace pim::api {

// Thread-safe.
class AuditTrail {
 public:
  AuditTrail(audit::Journal& journal, ApiMetrics& metrics, std::uint32_t shards)
      : journal_(journal), metrics_(metrics), shards_(shards) {}

  struct Fact {
    audit::EntryKind kind = audit::EntryKind::read;
    std::uint16_t status = 0;
    std::string_view rule = {};    // what denied or rejected it
    std::string_view tenant = {};  // empty: the caller's first
    std::uint32_t rows = 0;
  };
  // False where the journal did not take it: then nothing that it is about may be shown.
  bool record(const Call& call, const Fact& fact);
  // For operations outside of the table of routes.
  bool record(const Call& call, std::string_view operation, const Fact& fact);

 private:
  audit::Journal& journal_;
  ApiMetrics& metrics_;
  const std::uint32_t shards_;
};

}  // namespace pim::api
