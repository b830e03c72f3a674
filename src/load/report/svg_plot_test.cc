#include "load/report/svg_plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace pim::load::report {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(SvgPlot, StaysInItsFrameWithNothingToShow) {
  Plot plot;
  plot.title = "empty";
  plot.series = {{"none", Hue::blue, {}}};
  for (const auto shape : {Shape::lines, Shape::bars, Shape::stacked}) {
    plot.shape = shape;
    plot.log_y = false;
    EXPECT_NE(to_svg(plot).find("</svg>"), std::string::npos);
    plot.log_y = true;
    const auto svg = to_svg(plot);
    EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
    EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
  }
  plot.shape = Shape::lines;
  plot.series[0].points = {{0, 0}};
  const auto svg = to_svg(plot);
  EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
  EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
}

TEST(SvgPlot, ALineHasAGapWhereItHasNoValue) {
  Plot plot;
  plot.series = {{"p50", Hue::blue, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}}}};
  EXPECT_EQ(count(to_svg(plot), "<polyline"), 1U);
  plot.series[0].points[2].y = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(count(to_svg(plot), "<polyline"), 2U);
  plot.series[0].points[2].y = 0;
  EXPECT_EQ(count(to_svg(plot), "<polyline"), 1U);
  plot.log_y = true;
  EXPECT_EQ(count(to_svg(plot), "<polyline"), 2U);
}

TEST(SvgPlot, PlacesAreWhereTheAxesSay) {
  Plot plot;
  plot.log_y = true;
  plot.series = {{"p50", Hue::blue, {{0, 1}, {10, 10}, {20, 100}}}};
  // from 64 to 844, and from 230 up to 52; the middle decade is in the middle
  EXPECT_NE(to_svg(plot).find("points=\"64.0,230.0 454.0,141.0 844.0,52.0\""), std::string::npos)
      << to_svg(plot);
}

TEST(SvgPlot, ABandIsShadedFromItsBeginningToItsEndWithinTheFrame) {
  Plot plot;
  plot.series = {{"p50", Hue::blue, {{0, 1}, {100, 1}}}};
  plot.bands = {{25, 50, "SIGSTOP <of> server"}, {90, 200, "late"}, {150, 160, "never seen"}};
  const auto svg = to_svg(plot);
  EXPECT_NE(svg.find("x=\"259.0\" y=\"52.0\" width=\"195.0\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("x=\"766.0\" y=\"52.0\" width=\"78.0\""), std::string::npos) << svg;
  EXPECT_EQ(count(svg, "SIGSTOP &lt;of&gt; server"), 2U) << "as a label and as a tip";
  EXPECT_EQ(count(svg, "never seen"), 0U);
}

TEST(SvgPlot, LabelsOfBandsDoNotRunIntoOneAnother) {
  Plot plot;
  plot.series = {{"p50", Hue::blue, {{0, 1}, {100, 1}}}};
  for (int i = 0; i < 5; ++i) plot.bands.push_back({20.0 + i, 21.0 + i, "a long label"});
  const auto svg = to_svg(plot);
  for (const char* row : {"y=\"62.0\"", "y=\"74.0\"", "y=\"86.0\""}) {
    EXPECT_EQ(count(svg, row), 1U) << row << svg;
  }
  EXPECT_EQ(count(svg, "<title>a long label</title>"), 5U);
}

TEST(SvgPlot, StackedAreasStandOnOneAnother) {
  Plot plot;
  plot.shape = Shape::stacked;
  plot.series = {{"timeout", Hue::red, {{0, 54}, {1, 54}}}, {"shed", Hue::blue, {{0, 46}, {1, 0}}}};
  // the frame is 108 high: half of it, then from there to 100 and down to nothing
  const auto svg = to_svg(plot);
  EXPECT_NE(svg.find("points=\"64.0,141.0 844.0,141.0 844.0,230.0 64.0,230.0\""), std::string::npos)
      << svg;
  EXPECT_NE(svg.find("points=\"64.0,65.2 844.0,141.0 844.0,141.0 64.0,141.0\""), std::string::npos)
      << svg;
}

}  // namespace
}  // namespace pim::load::report
