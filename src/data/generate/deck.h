// One card for each of a number of things, and all cards dealt: what follows from cards has the
// same spread over a thousand things as over a million, where dice would scatter.
#pragma once

#include <bit>
#include <cstdint>

#include "data/generate/philox.h"

namespace pim::data::generate {

// A card's places on two scales, in 2^-32. Of all cards, and of those of one suit, any rectangle of
// the two holds about as many as its area asks for: a Kronecker lattice, by the golden ratio within
// a suit and by the square root of two from suit to suit.
struct Card {
  std::uint32_t first = 0;  // ascends with the card's number
  std::uint32_t second = 0;
};

class Deck {
 public:
  // `kind`: another deck of the same seed is shuffled otherwise. At least one card and one suit.
  Deck(std::uint64_t seed, std::uint8_t kind, std::uint64_t cards, std::uint64_t suits)
      : seed_(seed),
        kind_(kind),
        cards_(cards),
        suits_(suits),
        half_(static_cast<unsigned>(std::bit_width(cards - 1) + 1) / 2),
        shift_(draw(seed, Purpose::card, 0, kRounds, 0, kind).first) {}

  std::uint64_t cards() const { return cards_; }
  // The number of the card that is dealt to `index`; both are below cards().
  std::uint64_t number_of(std::uint64_t index) const {
    std::uint64_t number = index;
    do {
      number = mixed(number);
    } while (number >= cards_);
    return number;
  }
  Card card(std::uint64_t number) const {
    return {
        static_cast<std::uint32_t>((static_cast<unsigned __int128>(2 * number + 1) << 31) / cards_),
        high(number / suits_ * kGoldenRatio + number % suits_ * kRootOfTwo + shift_)};
  }
  std::uint64_t suit_of(std::uint64_t number) const { return number % suits_; }

 private:
  static constexpr std::uint32_t kRounds = 4;
  // In 2^-64, without what is whole.
  static constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
  static constexpr std::uint64_t kRootOfTwo = 0x6A09E667F3BCC908;

  // A Feistel network permutes the next power of four; walking its cycle back below the number of
  // cards permutes those (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002).
  std::uint64_t mixed(std::uint64_t number) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_) - 1;
    std::uint64_t left = number >> half_;
    std::uint64_t right = number & mask;
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      const Block bits = draw(seed_, Purpose::card, right, round, 0, kind_);
      const std::uint64_t next = left ^ (bits.first & mask);
      left = right;
      right = next;
    }
    return left << half_ | right;
  }

  std::uint64_t seed_;
  std::uint8_t kind_;
  std::uint64_t cards_;
  std::uint64_t suits_;
  unsigned half_;
  std::uint64_t shift_;
};

}  // namespace pim::data::generate
