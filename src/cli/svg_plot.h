// A small plot as SVG text: lines, bars and marks over linear or logarithmic axes. No script, no
// style sheet: it stands anywhere.
#pragma once

#include <string>
#include <vector>

namespace pim::cli {

struct Point {
  double x = 0;
  double y = 0;
};

struct Series {
  std::string name;
  std::string colour;
  std::vector<Point> points;
};

struct Mark {  // a vertical line
  double x = 0;
  std::string label;
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool log_y = false;              // points at or below 0 are left out
  bool bars = false;               // the first series as bars, one a point
  std::vector<std::string> names;  // of x = 0, 1, 2 ... in place of numbers; bars need them
  std::vector<Series> series;
  std::vector<Mark> marks;
};

std::string to_svg(const Plot& plot);

// & < > " for HTML and SVG.
std::string escape_markup(std::string_view text);

}  // namespace pim::cli
