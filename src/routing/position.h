// The token a write's reply carries (`Pim-Position`) and a later read sends back
// (`Pim-Min-Position`) to see its own write: `bucket.epoch.position`, decimal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "routing/bucket.h"

namespace pim {

struct PositionToken {
  BucketId bucket;
  Epoch epoch;
  std::uint64_t position = 0;

  static std::optional<PositionToken> parse(std::string_view text);
  std::string to_string() const;
  bool operator==(const PositionToken&) const = default;
};

}  // namespace pim
