#include "cli/svg_plot.h"

#include <gtest/gtest.h>

namespace pim::cli {
namespace {

TEST(SvgPlot, StaysInItsFrameWithNothingToShow) {
  Plot plot;
  plot.title = "empty";
  plot.series = {{"none", "#000", {}}};
  EXPECT_NE(to_svg(plot).find("</svg>"), std::string::npos);
  plot.log_y = true;
  plot.series[0].points = {{0, 0}};
  const auto svg = to_svg(plot);
  EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
  EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
}

}  // namespace
}  // namespace pim::cli
