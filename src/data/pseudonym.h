// Ids that say nothing about who or what stood in a source row: keyed with a lab secret, derived
// from the row's number alone, never from a value in it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/ids.h"
#include "domain/result.h"

namespace pim::data {

struct PseudonymKey {
  std::array<std::uint8_t, 32> bytes{};
};

struct KeyError {
  std::string message;  // what happened, and what to do
};

// Reads the key, or makes one on first use (mode 0600). Refuses a file that others may read: who
// has the key and the source files can link them. Safe where two processes start at once.
Result<PseudonymKey, KeyError> load_or_create_key(const std::string& path);

// HMAC-SHA256(key, kind, dataset, row), first 128 bits, in the shape of a UUIDv8. `row` counts data
// rows from 1. The dataset keeps equal row numbers of different sources apart.
Uuid pseudonym(const PseudonymKey& key, std::string_view kind, std::string_view dataset,
               std::uint64_t row);

}  // namespace pim::data
