// Cards: each once, and spread evenly whatever their number is.
#include "data/generate/deck.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "data/generate/strata.h"

namespace pim::data::generate {
namespace {

TEST(Deck, DealsEachCardOnce) {
  for (const std::uint64_t cards : {1ULL, 2ULL, 3ULL, 4ULL, 5ULL, 64ULL, 65ULL, 1000ULL, 4097ULL}) {
    const Deck deck(7, 0, cards, 3);
    std::vector<bool> dealt(cards);
    for (std::uint64_t i = 0; i < cards; ++i) {
      const std::uint64_t number = deck.number_of(i);
      ASSERT_LT(number, cards);
      EXPECT_FALSE(dealt[number]) << number << " of " << cards << " twice";
      dealt[number] = true;
    }
  }
}

TEST(Deck, IsShuffledBySeedAndKind) {
  constexpr std::uint64_t kCards = 1000;
  const Deck deck(7, 0, kCards, 1);
  for (const Deck& other : {Deck(8, 0, kCards, 1), Deck(7, 1, kCards, 1)}) {
    int same = 0;
    int rising = 0;
    for (std::uint64_t i = 0; i + 1 < kCards; ++i) {
      same += other.number_of(i) == deck.number_of(i) ? 1 : 0;
      rising += other.number_of(i) < other.number_of(i + 1) ? 1 : 0;
    }
    EXPECT_LT(same, 12);
    EXPECT_NEAR(rising, 500, 60);
  }
}

// How far it is off at most, for rectangles from the corner.
double worst_of(const Deck& deck, std::uint64_t first, std::uint64_t step) {
  double worst = 0;
  for (const double width : {0.1, 0.37, 0.9, 1.0}) {
    for (const double height : {0.06, 0.5, 0.83}) {
      double all = 0;
      double inside = 0;
      for (std::uint64_t number = first; number < deck.cards(); number += step) {
        const Card card = deck.card(number);
        ++all;
        if (std::ldexp(card.first, -32) < width && std::ldexp(card.second, -32) < height) ++inside;
      }
      worst = std::max(worst, std::fabs(inside - width * height * all));
    }
  }
  return worst;
}

// Dice are off by 5 of 100 and by 87 of 30,000, one time in three.
TEST(Deck, FillsRectanglesByTheirArea) {
  for (const std::uint64_t suits : {1ULL, 3ULL, 13ULL, 34ULL, 89ULL, 144ULL}) {
    for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
      EXPECT_LT(worst_of(Deck(seed, 0, 100, suits), 0, 1), 7) << suits << " suits, seed " << seed;
      const Deck deck(seed, 0, 300 * suits, suits);
      EXPECT_LT(worst_of(deck, 0, 1), 12) << suits << " suits, seed " << seed;
      for (const std::uint64_t suit : {std::uint64_t{0}, suits / 2, suits - 1}) {
        EXPECT_LT(worst_of(deck, suit, suits), 4) << "suit " << suit << " of " << suits;
        EXPECT_EQ(deck.suit_of(suit + suits), suit);
      }
    }
  }
}

TEST(Deck, KeepsStrataEven) {
  constexpr std::array<Stratum, 3> kStrata = {{{0.6, 0.3}, {0.3, 0.8}, {0.1, 1}}};
  const Strata<3> strata(kStrata);
  constexpr std::uint64_t kCards = 1000;
  const Deck deck(5, 0, kCards, 1);
  std::array<int, 10> tenths{};
  std::array<int, 3> taken{};
  int own = 0;
  for (std::uint64_t number = 0; number < kCards; ++number) {
    const Card card = deck.card(number);
    const std::uint32_t other = strata(strata.at(card.first), card.second);
    ++tenths[below(10, other)];
    ++taken[strata.at(other)];
    own += strata.at(other) == strata.at(card.first) ? 1 : 0;
  }
  for (const int count : tenths) EXPECT_NEAR(count, 100, 8);
  EXPECT_NEAR(taken[0], 600, 5);
  EXPECT_NEAR(taken[1], 300, 5);
  EXPECT_NEAR(taken[2], 100, 5);
  // pulled: 0.18 + 0.24 + 0.1; the free are 0.42 and 0.06 of all, shared as 7 to 1
  EXPECT_NEAR(own, 1000 * (0.52 + 0.42 * 0.875 + 0.06 * 0.125), 8);
}

}  // namespace
}  // namespace pim::data::generate
