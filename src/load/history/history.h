// What clients asked and what they were told, kept outside the server: the other half of every
// claim that nothing acknowledged was lost. Byte format: docs/formats/history.md.
//
//   invoke() -> send -> complete()          a call; a retry is a call of its own, same request id
//
// The order of the file is what the check calls "before": a call whose invoke() came after another
// call's complete() had returned was sent when that answer was known. So call invoke() before the
// first byte is sent, and complete() after the last one has come.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.h"
#include "domain/result.h"

namespace pim::load {

enum class CallKind : std::uint8_t { command, read };
std::string_view to_string(CallKind kind);

// What a call tells about the request it carried.
enum class CallOutcome : std::uint8_t {
  ok,    // 2xx: durable
  fail,  // refused, or certainly not applied by this call
  info,  // it may or may not have been applied: time-out, reset, 5xx
};
std::string_view to_string(CallOutcome outcome);

// `Pim-Position`: `bucket.epoch.position`.
struct Position {
  std::uint16_t bucket = 0;
  std::uint64_t epoch = 0;
  std::uint64_t position = 0;  // from 1; 0: none

  // None where the text is no position.
  static Position parse(std::string_view text);
  std::string to_string() const;  // `-` where there is none
  bool operator==(const Position&) const = default;
};

// A text that many calls share, as a number; 0 is the empty text. Of one history only.
using Name = std::uint32_t;

// Before the request is sent.
struct Invocation {
  CallKind kind = CallKind::command;
  std::uint32_t client = 0;        // who sees reads in an order: a virtual user or a connection
  std::chrono::nanoseconds at{0};  // steady, since the run's start; for people only
  Name operation = 0;              // `admit-encounter`, `get-patient`
  Name user = 0;                   // the subject of the token
  std::string_view request_id;     // Idempotency-Key, or X-Request-Id of a read; may be empty then
  Uuid stream;                     // the routing id; nil where a read is not about one
  // request_fingerprint(): two calls with one request id and two of these are two requests.
  std::uint64_t fingerprint = 0;
  // Of a command If-Match; of a read `?version=`, which asks the history and not the read model:
  // its fingerprint is taken without it, so that both must answer alike. 0: none.
  Version expected = 0;
  Position min_position;      // of a read: Pim-Min-Position
  std::uint16_t attempt = 1;  // from 1
};

// The answer, or its absence.
struct Completion {
  std::chrono::nanoseconds at{0};
  CallOutcome outcome = CallOutcome::info;
  std::uint16_t status = 0;  // 0: no reply
  Version version = 0;       // of the stream (ETag, also of a 412); 0: not told
  Position position;         // of a command: Pim-Position
  bool replayed = false;     // Idempotency-Replayed
  Name problem = 0;          // problem_of() a refusal
  // answer_fingerprint() where two answers must be the same: of a 2xx reply. 0: not taken.
  std::uint64_t answer = 0;
};

// The first 8 bytes of SHA-256 over the parts, each behind its length: what the receipt of a
// command has for its fingerprint (docs/formats/event-store.md). `target`: path and query.
std::uint64_t request_fingerprint(std::string_view method, std::string_view target,
                                  std::string_view body = {}, Version if_match = 0);
// Of a chart without its end: cursor, version and time tell how it was asked for. Never 0.
std::uint64_t answer_fingerprint(std::string_view body);

// Of a reply with this status; `body` is looked at in a 5xx only, which must say `not-applied` to
// be believed that nothing happened.
CallOutcome outcome_of(int status, std::string_view body);
// `stale-version` of `urn:pim:problem:stale-version`; empty where there is none. Points into
// `body`.
std::string_view problem_of(std::string_view body);

struct HistoryOptions {
  // The wall clock at the run's start. Receipts of refusals are kept for a day: where it is not
  // given, the check does not look for them.
  UtcMillis started_at;
  // A record is in the kernel at the latest this long after the call that wrote it, as long as
  // calls or flush() go on coming.
  std::chrono::milliseconds flush_interval{100};
};

// Thread-safe; one lock, held while a record is encoded or a block (at most 64 KiB) is written.
// After a failed write nothing more is written, and flush() and seal() say why: a run without its
// history proves nothing.
class HistoryWriter {
 public:
  // Fails where the file exists: a history is of one run.
  static Result<HistoryWriter, std::string> create(const std::string& file,
                                                   const HistoryOptions& options = {});
  HistoryWriter(HistoryWriter&&) noexcept;
  HistoryWriter& operator=(HistoryWriter&&) = delete;
  ~HistoryWriter();  // flushes; does not seal

  // The same number for the same text. Up to 65,535 bytes.
  Name intern(std::string_view text);

  // Returns the call's number: from 1, in the order of the file.
  std::uint64_t invoke(const Invocation& call);
  void complete(std::uint64_t call, const Completion& answer);

  // Writes what is buffered.
  Result<void, std::string> flush();
  // And says that nothing is missing up to here. An unsealed history is readable, but an event that
  // it does not know may be of a call that it lost. Calls may go on after it; then it needs
  // another.
  Result<void, std::string> seal();

 private:
  struct State;
  explicit HistoryWriter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace pim::load
