// What became of one command that was handed to the committer.
#pragma once

#include <cstdint>

#include "spine/spine.h"
#include "store/record.h"

namespace pim::spine {

struct PendingCommand;
// Names a command to the committer, which never looks into it.
using Ticket = PendingCommand*;

struct CommitResult {
  enum class Kind : std::uint8_t {
    committed,  // durable, with `receipt`
    duplicate,  // the key has an earlier `receipt`; nothing was written
    conflict,   // not at the version that it was decided on; nothing was written
    fenced,     // the bucket is not ours; nothing was written
    refused,    // the batch failed before any write, or the command was never submitted
    disk_low,   // likewise, for want of space
    found,      // its batch's outcome was unknown; the key has `receipt`, of this attempt or before
    lost,       // its batch's outcome was unknown; nothing was written
  };
  Ticket ticket = nullptr;
  Kind kind = Kind::refused;
  store::Receipt receipt = {};
  MonoTime offered = {};  // what CommandTiming says of them
  MonoTime submitted = {};
  MonoTime committed = {};
  telemetry::TraceContext batch = {};
};

}  // namespace pim::spine
