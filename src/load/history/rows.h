// What the check keeps of a call, an event and a receipt: flat rows without texts. A stream, a user
// and a request are known by 64-bit hashes; whoever reads a finding gets the texts from the files.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "domain/ids.h"
#include "load/history/history.h"

namespace pim::load {

// Its upper 12 bits are the bucket (docs/formats/event-store.md): a range of keys is one of
// buckets.
using StreamKey = std::uint64_t;
StreamKey stream_key(const Uuid& stream);
inline std::uint16_t bucket_of_key(StreamKey key) { return static_cast<std::uint16_t>(key >> 52U); }

std::uint64_t user_key(std::string_view user);
// Receipts and dedupe are by user, request id and stream. Never 0.
std::uint64_t request_key(std::uint64_t user, std::string_view request_id);

inline constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

// Both ends of a call.
struct CallRow {
  StreamKey stream = 0;
  std::uint64_t request = 0;
  std::uint64_t call = 0;
  std::uint64_t sent = 0;           // the record's number in the history
  std::uint64_t answered = kNever;  // likewise
  std::int64_t answered_at = 0;     // ns since the run's start
  std::uint64_t fingerprint = 0;
  std::uint64_t answer = 0;
  Version version = 0;
  Version expected = 0;
  std::uint64_t position = 0;
  std::uint64_t epoch = 0;
  std::uint64_t min_position = 0;
  std::uint32_t client = 0;
  Name problem = 0;
  std::uint16_t bucket = 0;      // of position
  std::uint16_t min_bucket = 0;  // of min_position
  std::uint16_t status = 0;
  CallKind kind = CallKind::command;
  CallOutcome outcome = CallOutcome::info;
  bool replayed = false;
};

struct EventRow {
  StreamKey stream = 0;
  std::uint64_t request = 0;  // 0: it names no user or no request
  std::uint64_t user = 0;
  Version version = 0;
  std::uint64_t position = 0;
  std::uint64_t line = 0;  // where its line begins in the export
  std::uint16_t bucket = 0;
  bool retires = false;  // a provider or facility is out of use from this version on
};

struct ReceiptRow {
  StreamKey stream = 0;
  std::uint64_t request = 0;
  std::uint64_t fingerprint = 0;  // its first 8 bytes
  Version version = 0;
  std::uint64_t position = 0;  // of the last event; 0: none
  std::uint64_t epoch = 0;
  std::uint16_t status = 0;
};

// An event that was decided on a provider or facility at a version.
struct ReferenceRow {
  StreamKey stream = 0;  // the provider's or facility's
  Version version = 0;
  std::uint64_t line = 0;
};

// docs/formats/history.md says what the check needs.
static_assert(sizeof(CallRow) == 128 && sizeof(EventRow) == 56 && sizeof(ReceiptRow) == 56 &&
              sizeof(ReferenceRow) == 24);

}  // namespace pim::load
