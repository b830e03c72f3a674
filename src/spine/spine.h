// The write path's front: a command goes in, one reply comes out, after what it depends on is
// durable.
//
//   api -> Spine::submit -> ShardExecutor (one a shard) -> Committer (one a store) -> EventStore
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/command.h"
#include "domain/decide.h"
#include "domain/ids.h"
#include "routing/bucket.h"
#include "store/event_store.h"
#include "telemetry/histogram.h"
#include "telemetry/tracer.h"

namespace pim::spine {

// Monotonic, nanoseconds; never wall time. A deadline is a value that travels down.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

// When a command passed its stages, for its trace; a stage that it did not come to is zero.
struct CommandTiming {
  MonoTime arrived;    // at its shard's queue
  MonoTime decided;    // the executor's run that decided it began
  MonoTime offered;    // to the committer
  MonoTime submitted;  // the batch that it was in
  MonoTime committed;
  telemetry::TraceContext batch;  // the span of that batch; not sampled where it has none
};

struct CommandRequest {
  StreamId stream;
  Command command;
  std::optional<Version> if_match;  // the ETag the caller insists on
  // Complete: user, role, request id, trace, time, reason. For a create `tenant` is the new
  // stream's; otherwise it must be the stream's own, else the answer is not_found.
  store::Origin origin;
  std::vector<TenantId> tenants;  // all that the token carries
  store::Digest fingerprint;
  MonoTime deadline;
  bool sampled = false;  // its trace is kept
};

enum class Outcome {
  accepted,     // 2xx: durable
  rejected,     // 409: a domain rule; durable receipt
  stale,        // 412: If-Match is not the stream's version; durable receipt
  not_found,    // 404: no such stream, encounter or child, or another tenant's
  key_reused,   // 422: the idempotency key belongs to another request
  overloaded,   // 503 before anything was done: queue full, queue wait too long, draining
  deadline,     // 503: it passed before anything was done
  not_applied,  // 503: dropped with a batch that failed; certainly not applied
  unknown,      // 503: the store cannot say; ask again with the same key
  disk_low,     // 507: reads only
};

struct CommandReply {
  Outcome outcome = Outcome::unknown;
  bool replayed = false;       // the stored answer of an earlier identical request
  std::uint16_t status = 503;  // the HTTP status
  std::string problem_type;    // empty on acceptance
  std::vector<std::pair<std::string, std::string>> problem_params;
  Version version = 0;  // the stream's version after it (accepted), or now (rejected, stale)
  BucketId bucket;
  Epoch epoch;
  std::uint64_t last_position = 0;           // with bucket and epoch: the position token
  std::uint32_t events = 0;                  // how many events it caused
  std::chrono::milliseconds retry_after{0};  // > 0 where a retry makes sense
  CommandTiming timing;
  // Of those events, in their order: literals. Empty where the trace is not kept, or `replayed`.
  std::vector<std::string_view> event_types;
};

using Reply =
    std::function<void(CommandReply)>;  // called exactly once, on any thread; must not block

// Why a command was refused before anything was done.
enum class Shed : std::uint8_t { queue_full, queue_wait, draining };
inline constexpr auto kShedReasons =
    std::to_array<std::string_view>({"queue_full", "queue_wait", "draining"});

// Events are counted by group of so many neighbouring buckets.
inline constexpr std::uint32_t kBucketsAGroup = 64;
inline constexpr std::uint32_t kBucketGroups = kBuckets / kBucketsAGroup;

// Numbers for /metrics; sampled without stopping anything. What they mean stands in
// api/metric_names.h.
struct ShardStats {
  ShardId shard;
  std::uint64_t queued = 0;
  std::uint64_t capacity = 0;
  std::uint64_t commands = 0;
  std::uint64_t events = 0;
  std::uint64_t event_bytes = 0;
  std::uint64_t rejected = 0;
  std::uint64_t dedupe_hits = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t fenced = 0;
  std::uint64_t expired = 0;
  std::uint64_t cold_loads = 0;
  std::uint64_t cached_streams = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_evictions = 0;
  double busy_seconds = 0;
  std::array<std::uint64_t, kShedReasons.size()> shed{};  // by Shed
  std::array<std::uint64_t, kBucketGroups> group_events{};
  telemetry::Histogram::Snapshot queue_wait;
};
struct CommitterStats {
  std::uint64_t queued = 0;
  std::uint64_t batches = 0;
  std::uint64_t appends = 0;
  std::uint64_t events = 0;
  std::uint64_t unknown = 0;
  std::uint64_t batch_limit = 0;  // commands
  telemetry::Histogram::Snapshot batch_appends;
  telemetry::Histogram::Snapshot commit_seconds;
};
struct ReferenceStats {
  std::uint64_t entries = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
};

struct SpineOptions {
  std::uint32_t shards = 4;
  std::size_t queue_capacity = 4096;        // commands waiting, a shard
  std::size_t cache_streams = 50'000;       // folded streams kept, a shard
  std::size_t max_batch = 512;              // appends a transaction
  std::uint32_t snapshot_every = 200;       // events of a stream
  std::chrono::milliseconds shed_wait{20};  // oldest of a standing queue; then new work is shed
  telemetry::Tracer* tracer = nullptr;      // outlives the store; null: no spans
  std::string region = "local";             // where this node is: in the batches' spans
};

class Spine {
 public:
  // Starts the executors. `store` outlives the spine. Fails where the store's heads cannot be read.
  static store::StoreResult<std::unique_ptr<Spine>> start(store::EventStore& store,
                                                          const SpineOptions& options);
  virtual ~Spine() = default;

  // Thread-safe; never blocks.
  virtual void submit(CommandRequest request, Reply reply) = 0;
  // Thread-safe and cheap: why a command about `stream` would be refused now, so that it need not
  // even be read. It is counted as refused then.
  virtual std::optional<Shed> turn_away(StreamId stream) = 0;

  // Refuses new commands, finishes the admitted ones; false where the time ran out first.
  virtual bool drain(std::chrono::milliseconds limit) = 0;

  // While the store is not writable (recovering, disk low), readiness falls.
  virtual bool writable() const = 0;

  virtual std::vector<ShardStats> shard_stats() const = 0;
  virtual CommitterStats committer_stats() const = 0;
  virtual ReferenceStats reference_stats() const = 0;
};

}  // namespace pim::spine
