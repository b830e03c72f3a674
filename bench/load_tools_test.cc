#include "load_tools.h"

#include <gtest/gtest.h>

namespace pim::bench {
namespace {

constexpr const char* kHead =
    "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n";

TEST(HeyCsv, GivesThePercentilesOfItsRequests) {
  std::string text = kHead;
  for (int i = 1000; i > 0; --i) {
    char line[80];
    std::snprintf(line, sizeof line, "%.4f,0.0002,0.0000,0.0000,0.0400,0.0001,200,%.4f\n",
                  i / 1000.0, i / 100.0);
    text += line;
  }
  const auto figures = parse_hey_csv(text);
  ASSERT_TRUE(figures) << figures.error();
  EXPECT_EQ(figures->requests, 1000u);
  const std::array<double, 5> expected{500, 900, 990, 999, 1000};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_DOUBLE_EQ(figures->milliseconds[i], expected[i]) << kPercents[i];
  }
}

TEST(HeyCsv, IsRefusedWhereItIsNotWholeOrNotAllWentWell) {
  const std::string good = "0.0400,0,0,0,0.04,0,200,1.0\n";
  EXPECT_TRUE(parse_hey_csv(kHead + good));
  EXPECT_FALSE(parse_hey_csv(""));
  EXPECT_FALSE(parse_hey_csv(kHead));
  EXPECT_FALSE(parse_hey_csv("\nSummary:\n  Total: 1.0 secs\n"));
  EXPECT_FALSE(parse_hey_csv(kHead + good + "0.0400,0,0,0,0.04,0,503,1.0\n"));
  EXPECT_FALSE(parse_hey_csv(kHead + good + "0.0400,0,0\n"));
  EXPECT_FALSE(parse_hey_csv(kHead + good + "NaN,0,0,0,0.04,0,200,1.0\n"));
  EXPECT_FALSE(parse_hey_csv(kHead + good + "0.04s,0,0,0,0.04,0,200,1.0\n"));
}

TEST(Figures, AreOneLineAmongOthers) {
  const auto figures = parse_figures(
      "Running 40s test @ http://127.0.0.1:1/\nfigures 1.5 2 3 4.25 5e3 77 8\nRequests/sec: 9\n");
  ASSERT_TRUE(figures) << figures.error();
  EXPECT_EQ(figures->milliseconds, (std::array<double, 5>{1.5, 2, 3, 4.25, 5000}));
  EXPECT_EQ(figures->requests, 77u);
  EXPECT_EQ(figures->dropped, 8u);
}

TEST(Figures, AreRefusedWhereOneIsMissing) {
  EXPECT_FALSE(parse_figures("Requests/sec: 9\n"));
  EXPECT_FALSE(parse_figures("figures 1 2 3 4 5 77\n"));
  EXPECT_FALSE(parse_figures("figures 1 2 undefined 4 5 77 8\n"));
}

}  // namespace
}  // namespace pim::bench
