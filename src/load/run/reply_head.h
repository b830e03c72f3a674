// What a run reads in a reply's head, in one pass over it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "domain/ids.h"

namespace pim::load {

struct ReplyHead {
  Version version = 0;        // ETag; 0: none
  std::string_view position;  // Pim-Position; empty: none
  std::int32_t shard = -1;    // Pim-Shard; -1: none
  bool replayed = false;      // Idempotency-Replayed
  std::chrono::seconds retry_after{0};
};

// `head` as in ReplyScan; the result points into it.
ReplyHead read_head(std::string_view head);

}  // namespace pim::load
