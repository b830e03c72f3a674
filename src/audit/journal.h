// What is not an event but must be found later: reads of patient data, rejections, denials,
// failures, exports and audit reads. An append-only, hash-chained file a node
// (docs/formats/journal.md).
//
// append() returns once the record is in the kernel: SIGKILL loses none. A background sync runs
// every 100 ms: power loss can take at most the last 100 ms.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "domain/ids.h"
#include "domain/result.h"
#include "telemetry/histogram.h"

namespace pim::audit {

enum class EntryKind : std::uint8_t { read, rejected, denied, failed, exported, audit_read };

struct Entry {
  EntryKind kind = EntryKind::read;
  UtcMillis at;
  std::string user_id;
  std::string role;
  std::string tenant;
  std::string request_id;
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::optional<PatientId> patient;  // the patient whose data it was about
  std::string operation;             // the route's operation id, such as `get-chart`
  std::uint16_t status = 0;          // the HTTP status of the reply
  std::string rule;                  // what denied or rejected it: an RBAC rule or a problem type
  std::string purpose;               // purpose of use the caller stated; may be empty
  std::uint32_t bucket = 0;
  std::uint32_t shard = 0;
  std::uint32_t rows = 0;  // rows returned
  std::uint32_t latency_us = 0;
  std::string fingerprint;  // of the query, hex; never the values
};

struct JournalError {
  std::string message;
};

struct JournalStats {
  std::uint64_t entries = 0;        // appended since open
  std::uint64_t bytes = 0;          // of all segments
  std::chrono::nanoseconds lag{0};  // age of the oldest entry that is not known to be on disk
  telemetry::Histogram::Snapshot syncs;
};

struct JournalOptions {
  std::string directory;
  NodeId node;
  std::uint64_t segment_bytes = 64ull << 20;
  std::uint64_t reserve_bytes = 8ull << 20;  // kept free for it below the disk low-water mark
};

class Journal {
 public:
  // Continues the chain of the newest segment; a torn last record is cut off and reported in the
  // first new record.
  static Result<std::unique_ptr<Journal>, JournalError> open(const JournalOptions& options);
  virtual ~Journal() = default;

  // Thread-safe. On failure the caller must not show the data that the entry is about (503).
  virtual Result<void, JournalError> append(const Entry& entry) = 0;
  virtual Result<void, JournalError> sync() = 0;
  virtual JournalStats stats() const = 0;  // thread-safe
};

}  // namespace pim::audit
