// Which of a patient's encounters are stays in hospital, and how long they last. They are six in a
// thousand: drawn one by one, too few to keep their quantiles. So they are counted along the
// patients' cards, one after every so many encounters, and each has a card of its own.
#pragma once

#include <algorithm>
#include <cstdint>

#include "data/generate/philox.h"

namespace pim::data::generate {

// A patient's.
class Stays {
 public:
  Stays() = default;
  // `first`: the number of the first of them among everybody's.
  Stays(std::uint64_t first, std::uint64_t count, std::uint32_t encounters)
      : first_(first),
        count_(static_cast<std::uint32_t>(std::min<std::uint64_t>(count, encounters))),
        encounters_(encounters) {}

  std::uint32_t count() const { return count_; }
  std::uint64_t number_of(std::uint32_t stretch) const { return first_ + stretch; }

  // Each stretch of the encounters holds one stay; there must be some.
  std::uint32_t stretch_of(std::uint32_t encounter) const {
    return static_cast<std::uint32_t>(std::uint64_t{encounter} * count_ / encounters_);
  }
  std::uint32_t encounter_in(std::uint32_t stretch, std::uint32_t bits) const {
    const std::uint32_t from = start_of(stretch);
    return from + below(start_of(stretch + 1) - from, bits);
  }

 private:
  std::uint32_t start_of(std::uint32_t stretch) const {
    return static_cast<std::uint32_t>((std::uint64_t{stretch} * encounters_ + count_ - 1) / count_);
  }

  std::uint64_t first_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t encounters_ = 0;
};

}  // namespace pim::data::generate
