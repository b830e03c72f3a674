// Things of which one may be open at a time, in files that list them all one after the other: a
// patient's second stay is admitted only once the first is discharged, and the discharge may stand
// in a later step. So the steps that name a turn run over their files once a turn.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "data/csv.h"
#include "data/mapping.h"
#include "data/row_builder.h"
#include "data/row_source.h"

namespace pim::data {

class Turns {
 public:
  // In which turn each row's key comes: after as many as its owner has in the rows before it that
  // fulfil the condition. Reads all of `rows`, and leaves it rewound.
  static Turns read(const Mapping& mapping, const TurnRule& rule, const Header& header,
                    RowSource& rows);

  std::uint32_t count() const { return count_; }  // at least 1
  // 0 for a key that is not there.
  std::uint32_t of(const std::string& key) const;

 private:
  std::unordered_map<std::string, std::uint32_t> later_;  // keys of turn 1 and above
  std::uint32_t count_ = 1;
};

}  // namespace pim::data
