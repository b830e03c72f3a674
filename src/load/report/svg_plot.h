// A plot as SVG text: lines, bars or stacked areas over linear or logarithmic axes, with periods
// shaded and moments marked. No script, nothing from elsewhere, light or dark as its reader has it:
// it stands anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pim::load::report {

enum class Hue : std::uint8_t { blue, orange, green, red, purple, teal, brown, grey };

struct Point {
  double x = 0;
  double y = 0;
};

struct Series {
  std::string name;
  Hue hue = Hue::blue;
  std::vector<Point> points;  // a y that is no number (log_y: or is at or below 0) is a gap
};

struct Mark {  // a moment: a vertical line
  double x = 0;
  std::string label;
};

struct Band {  // a period: shaded
  double from = 0;
  double to = 0;
  std::string label;
  Hue hue = Hue::red;
};

struct Tick {
  double x = 0;
  std::string label;
};

enum class Shape : std::uint8_t {
  lines,
  bars,     // of the first series, one for each of x_ticks, whose x are 0, 1, 2 ...
  stacked,  // areas on one another; all series have the same x
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  Shape shape = Shape::lines;
  bool log_y = false;
  std::vector<Tick> x_ticks;  // empty: round numbers
  std::vector<Series> series;
  std::vector<Mark> marks;
  std::vector<Band> bands;
};

std::string to_svg(const Plot& plot);

// The labels at 0, 1, 2 ...
std::vector<Tick> ticks_of(const std::vector<std::string>& labels);

}  // namespace pim::load::report
