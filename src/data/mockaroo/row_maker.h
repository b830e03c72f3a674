// The rows of a schema. Row N is made from the seed and N alone: no earlier row is needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/mockaroo/dataset.h"
#include "data/mockaroo/json_value.h"
#include "data/mockaroo/prepared.h"
#include "data/mockaroo/value.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

// What `now()` is, and what dates without bounds lie before: a seed gives the same rows for ever.
inline constexpr std::int64_t kMockNow = 1'759'276'800'000;  // 2025-10-01T00:00:00Z

struct MadeCell {
  Value value;
  std::string text;  // as CSV has it
  JsonValue array;   // of JSON Array columns
};

struct RowError {
  std::string column;
  std::uint64_t row = 0;  // from 1
  std::string message;
};

class RowMaker {
 public:
  // `columns` without errors, of `schema`. All outlive the maker.
  RowMaker(const Schema& schema, const std::vector<PreparedColumn>& columns,
           const Datasets& datasets, std::uint64_t seed)
      : schema_(schema), columns_(columns), datasets_(datasets), seed_(seed) {}

  // One cell a column, in order; those inside of arrays are empty, they stand in the array.
  Result<std::vector<MadeCell>, RowError> make(std::uint64_t row) const;

 private:
  friend class RowState;
  const Schema& schema_;
  const std::vector<PreparedColumn>& columns_;
  const Datasets& datasets_;
  std::uint64_t seed_;
};

// A value as JSON; `array` where it is one.
JsonValue to_json_value(const PreparedColumn& column, const MadeCell& cell);
// Puts `value` into `object` at the end of the path, making objects on the way.
void put_nested(JsonValue& object, const std::vector<std::string>& path, std::size_t from,
                JsonValue value);

}  // namespace pim::data::mockaroo
