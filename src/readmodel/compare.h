// Two read models of the same history, row by row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/event_store.h"
#include "store/sqlite/connection.h"

namespace pim::readmodel {

struct Comparison {
  std::uint64_t rows = 0;
  std::uint64_t differing = 0;
  std::vector<std::string> differences;  // the first kListedDifferences of them
};
inline constexpr std::size_t kListedDifferences = 100;

// Every row of every table, checkpoints included, in the order of its key; in memory is one row of
// each side. Meant for two files at the same checkpoints, each in an open read transaction.
store::StoreResult<Comparison> compare(store::sqlite::Connection& live,
                                       store::sqlite::Connection& rebuilt);

}  // namespace pim::readmodel
