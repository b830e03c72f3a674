// The random bits, and the distributions that are drawn with them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "data/generate/calendar.h"
#include "data/generate/code_picker.h"
#include "data/generate/philox.h"
#include "data/generate/quantile_table.h"
#include "data/generate/strata.h"
#include "data/generate/text.h"
#include "domain/ids.h"

namespace pim::data::generate {
namespace {

std::uint32_t random_bits(std::uint64_t i) { return high(draw(99, Purpose::visit, i).first); }

// The known answers that come with the authors' Random123.
TEST(Philox, GivesThePublishedAnswers) {
  const auto check = [](std::uint64_t key, Block counter, Block expected) {
    const Block got = philox(key, counter);
    EXPECT_EQ(got.first, expected.first);
    EXPECT_EQ(got.second, expected.second);
  };
  check(0, {0, 0}, {0xca00a0459843d731, 0x66c24222c9a845b5});
  check(~0ULL, {~0ULL, ~0ULL}, {0x65b021d60cd8310f, 0x4d02f3222f86df20});
  check(0xa4093822299f31d0, {0x243f6a8885a308d3, 0x13198a2e03707344},
        {0x0a5e742c2997341c, 0xb0f883d38000de5d});
}

TEST(Philox, PlacesDoNotShareACounter) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  for (const auto purpose : {Purpose::facility_id, Purpose::encounter, Purpose::request_key}) {
    for (const std::uint32_t encounter : {0U, 1U, 0xFFFFFFFFU}) {
      for (const std::uint32_t child : {0U, 1U, 511U}) {
        for (const std::uint8_t part : {0, 1, 255}) {
          const Block bits = draw(7, purpose, 3, encounter, child, part);
          all.emplace_back(bits.first, bits.second);
        }
      }
    }
  }
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST(IdText, IsAUuidOfVersion8) {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto id = id_text(draw(1, Purpose::patient_id, i));
    ASSERT_TRUE(Uuid::parse(id.view()).has_value()) << id.view();
    EXPECT_EQ(id.text[14], '8');
    EXPECT_NE(std::string_view("89ab").find(id.text[19]), std::string_view::npos);
  }
}

TEST(RowText, WritesNumbersAndTimesOfAnySize) {
  Text text;
  for (const std::uint64_t number : {0ULL, 7ULL, 10ULL, 99ULL, 100ULL, 12'345ULL, ~0ULL}) {
    text.make_room();
    text.put(number);
    text.put(',');
  }
  for (const std::int64_t seconds : {0LL, 951'782'399LL, 1'735'689'599LL, 4'102'444'800LL}) {
    text.make_room();
    text.put_time(seconds);
    text.put(',');
  }
  EXPECT_EQ(text.view(),
            "0,7,10,99,100,12345,18446744073709551615,1970-01-01T00:00:00Z,2000-02-28T23:59:59Z,"
            "2024-12-31T23:59:59Z,2100-01-01T00:00:00Z,");
}

TEST(QuantileTable, KeepsItsKnots) {
  constexpr auto kKnots =
      std::to_array<Knot>({{0, 4}, {0.5, 42}, {0.9, 100}, {0.99, 730}, {1, 761}});
  const QuantileTable table(kKnots, 256);
  std::vector<std::uint32_t> drawn;
  for (std::uint64_t i = 0; i < 200'000; ++i) drawn.push_back(table(random_bits(i)));
  std::ranges::sort(drawn);
  const auto quantile = [&](double p) {
    return drawn[static_cast<std::size_t>(p * static_cast<double>(drawn.size()))] / 256.0;
  };
  EXPECT_NEAR(quantile(0.5), 42, 1);
  EXPECT_NEAR(quantile(0.9), 100, 3);
  EXPECT_NEAR(quantile(0.99), 730, 30);
  EXPECT_LE(drawn.back(), 761 * 256);
  EXPECT_GE(drawn.front(), 4 * 256);
  std::uint32_t before = 0;
  for (std::uint64_t bits = 0; bits <= 0xFFFFFFFF; bits += 65'537) {
    const auto value = table(static_cast<std::uint32_t>(bits));
    ASSERT_GE(value, before);
    before = value;
  }
}

TEST(CountTable, KeepsItsShares) {
  constexpr auto kKnots = std::to_array<Knot>({{0.6, 0}, {0.9, 1}, {1, 5}});
  const CountTable table(kKnots);
  std::array<int, 7> seen{};
  for (std::uint64_t i = 0; i < 100'000; ++i) ++seen[std::min(6U, table(random_bits(i)))];
  EXPECT_NEAR(seen[0], 60'000, 800);
  EXPECT_NEAR(seen[1], 30'000, 800);
  EXPECT_NEAR(seen[3], 2'500, 250);
  EXPECT_EQ(seen[6], 0);
  EXPECT_EQ(table(0xFFFFFFFF), 5U);
}

// Whatever leans on what: over all cases, the quantile is uniform.
TEST(Strata, LeaveTheWholeUniform) {
  constexpr std::array<Stratum, 3> kStrata = {{{0.6, 0.3}, {0.3, 0.8}, {0.1, 1}}};
  const Strata<3> strata(kStrata);
  std::array<int, 10> all{};
  std::array<int, 10> last{};
  constexpr int kCases = 200'000;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    const std::uint32_t pick = below(10, random_bits(3 * i));
    const std::size_t stratum = pick < 6 ? 0 : pick < 9 ? 1 : 2;
    const auto tenth = below(10, strata(stratum, random_bits(3 * i + 1), random_bits(3 * i + 2)));
    ++all[tenth];
    if (stratum == 2) ++last[tenth];
  }
  for (const int count : all) EXPECT_NEAR(count, kCases / 10, kCases / 200);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(last[i], 0) << "pulled to the top tenth";
}

TEST(ShareTable, PicksPlacesByLoad) {
  // half of the places have 1, the others up to 9
  constexpr auto kKnots = std::to_array<Knot>({{0, 1}, {0.5, 1}, {0.500001, 9}, {1, 9}});
  const ShareTable table(kKnots);
  int upper = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) upper += table(random_bits(i)) >= 1U << 31 ? 1 : 0;
  EXPECT_NEAR(upper, 90'000, 800);
}

TEST(Calendar, AscendsAndFollowsWeekAndSeason) {
  const Calendar calendar(16'801, 20'454);  // 2016 to 2025
  const std::uint64_t end = calendar.start_of(calendar.days());
  std::int64_t before = 0;
  std::array<std::array<int, kClasses>, 2> weekend{};
  std::array<int, kClasses> classes{};
  std::array<int, 2> urgent{};  // in winter and in summer
  constexpr std::uint64_t kCases = 200'000;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    const Instant instant = calendar.at(end / kCases * i);
    ASSERT_GE(instant.seconds, before);
    before = instant.seconds;
    ASSERT_GE(instant.seconds, 16'801LL * 86'400);
    ASSERT_LT(instant.seconds, calendar.end_seconds());
    const auto drawn = calendar.class_at(instant, random_bits(i));
    ++classes[drawn];
    const bool is_weekend = (instant.seconds / 86'400 + 3) % 7 >= 5;  // 1970 began on a Thursday
    ++weekend[is_weekend ? 1 : 0][drawn];
    if (drawn == 3 && instant.season % 2 == 0) ++urgent[instant.season / 2];
  }
  for (std::size_t i = 0; i < kClasses; ++i) {
    EXPECT_NEAR(static_cast<double>(classes[i]) / kCases, kClassShares[i] / 0.999,
                0.002 + 0.01 * kClassShares[i])
        << "class " << i;
  }
  EXPECT_LT(weekend[1][0], weekend[0][0] / 10) << "offices are closed";
  EXPECT_GT(weekend[1][4] * 4, weekend[0][4]) << "emergency rooms are not";
  EXPECT_GT(urgent[0], urgent[1] * 5 / 4) << "flu comes in winter";
}

TEST(CodePicker, HasACodeForEverybodyAndOnlyThoseThatFit) {
  std::vector<Fit> condition_fits;
  for (const auto& each : conditions()) condition_fits.push_back(each.fit);
  std::vector<Fit> procedure_fits;
  for (const auto& each : procedures()) procedure_fits.push_back(each.fit);
  for (const auto* fits : {&condition_fits, &procedure_fits}) {
    const CodePicker pick(*fits);
    for (std::size_t c = 0; c < kClasses; ++c) {
      for (std::size_t band = 0; band < kAgeBands; ++band) {
        for (const bool female : {false, true}) {
          for (std::size_t season = 0; season < kSeasons; ++season) {
            const Context context{c, band, female, season};
            for (std::uint64_t i = 0; i < 300; ++i) {
              const auto code = pick(context, random_bits(i));
              ASSERT_TRUE(pick.fits(context, code)) << c << " " << band << " " << female;
              const Fit& fit = (*fits)[code];
              ASSERT_TRUE(band >= fit.min_band && band <= fit.max_band && fit.shares[c] > 0);
              ASSERT_TRUE(fit.who == Who::all || (fit.who == Who::female) == female);
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace pim::data::generate
