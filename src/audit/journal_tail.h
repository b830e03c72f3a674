// Where a journal ends: what opening it needs to go on from there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audit/journal.h"
#include "audit/segment.h"
#include "store/digest.h"

namespace pim::audit {

struct JournalTail {
  std::uint32_t segment = 0;  // the newest one's number; 0: there is none
  std::optional<NodeId> node;
  std::uint64_t next_seq = 1;
  store::Digest hash;             // of the last record that holds
  std::uint64_t good_bytes = 0;   // of the newest segment: up to the end of that record
  std::uint64_t total_bytes = 0;  // of the newest segment
};

// Reads the newest segment from its start: all records up to the first one that does not hold.
Result<JournalTail, JournalError> read_tail(const std::string& directory);

// Moves what follows `tail.good_bytes` to the segment's .cut file. The digest is of what was moved.
Result<store::Digest, JournalError> cut_tail(const std::string& directory, const JournalTail& tail);

}  // namespace pim::audit
