// Ranks by Zipf's law: rank k (from 0) is drawn in proportion to 1 / (k + 1)^exponent. By rejection
// and inversion (Hörmann and Derflinger 1996): exact, without a table, in about one draw.
#pragma once

#include <cstdint>

#include "load/dice.h"

namespace pim::load {

class Zipf {
 public:
  // size >= 1, exponent >= 0 (0: all alike).
  Zipf(std::uint64_t size, double exponent);
  // 0 to size - 1. Thread-safe; `dice` is drawn from once or a few times.
  std::uint64_t draw(Dice& dice) const;

 private:
  double weight(double x) const;    // x^-exponent
  double area(double x) const;      // below weight, from 1 to x
  double area_end(double a) const;  // the x up to which that area is a

  std::uint64_t size_;
  double exponent_;
  double low_, high_;  // areas between which is drawn
  double sure_;        // so close below a rank, it is taken without another look
};

}  // namespace pim::load
