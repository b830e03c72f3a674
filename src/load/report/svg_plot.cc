#include "load/report/svg_plot.h"

#include <array>
#include <cmath>
#include <ranges>
#include <string_view>

#include "load/report/axis.h"
#include "load/report/markup.h"

namespace pim::load::report {
namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 270;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 52;
constexpr double kBottom = 40;
constexpr double kFoot = kHeight - kBottom;
constexpr double kEnd = kWidth - kRight;
constexpr double kLetter = 6.2;          // about as wide
constexpr std::size_t kMostLabels = 24;  // beside one another; tips have the others

constexpr auto kHues = std::to_array<std::string_view>(
    {"blue", "orange", "green", "red", "purple", "teal", "brown", "grey"});

// In every plot, since each may stand alone. Classes set the colour; shapes take it.
constexpr std::string_view kPlotStyle =
    "<style>.plot text{fill:#444}.plot .title{fill:#111;font-weight:bold;font-size:13px}"
    ".plot .grid{stroke:#e3e3e3}.plot .axis{stroke:#888}"
    ".plot .blue{color:#1565c0}.plot .orange{color:#ef6c00}.plot .green{color:#2e7d32}"
    ".plot .red{color:#c62828}.plot .purple{color:#6a1b9a}.plot .teal{color:#00838f}"
    ".plot .brown{color:#6d4c41}.plot .grey{color:#757575}"
    "@media(prefers-color-scheme:dark){.plot text{fill:#bbb}.plot .title{fill:#eee}"
    ".plot .grid{stroke:#333}.plot .axis{stroke:#777}"
    ".plot .blue{color:#64b5f6}.plot .orange{color:#ffb74d}.plot .green{color:#81c784}"
    ".plot .red{color:#e57373}.plot .purple{color:#ba68c8}.plot .teal{color:#4dd0e1}"
    ".plot .brown{color:#bcaaa4}.plot .grey{color:#9e9e9e}}</style>\n";

std::string at(double value) { return fixed(value, 1); }

std::string number(double value) {
  if (std::abs(value) >= 1e4 && std::abs(value) < 1e7) return fixed(value, 0);
  return shortest(value);
}

std::string_view class_of(Hue hue) { return kHues[static_cast<std::size_t>(hue)]; }

class Canvas {
 public:
  explicit Canvas(const Plot& plot) : plot_(plot), y_(plot.log_y) {
    std::vector<double> sums;
    for (const auto& series : plot.series) {
      for (std::size_t i = 0; i < series.points.size(); ++i) {
        const auto& [x, y] = series.points[i];
        x_.include(x);
        y_.include(y);
        if (plot.shape != Shape::stacked) continue;
        sums.resize(std::max(sums.size(), i + 1));
        y_.include(sums[i] += y);
      }
    }
    for (const auto& tick : plot.x_ticks) x_.include(tick.x);
    if (plot.shape == Shape::bars) {
      x_.fix(-0.5, static_cast<double>(plot.x_ticks.size()) - 0.5);
    }
    x_.widen_if_empty();
    y_.round_up();
  }

  std::string draw() {
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 " +
           number(kWidth) + " " + number(kHeight) +
           "\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\" aria-label=\"" +
           escape_markup(plot_.title) + "\">\n";
    out_ += kPlotStyle;
    text(kLeft, 16, plot_.title, "start", "class=\"title\"");
    draw_bands();
    draw_axes();
    switch (plot_.shape) {
      case Shape::lines:
        for (const auto& series : plot_.series) draw_line(series);
        break;
      case Shape::bars:
        draw_bars();
        break;
      case Shape::stacked:
        draw_stack();
        break;
    }
    for (const auto& mark : plot_.marks) draw_mark(mark);
    if (plot_.shape != Shape::bars) draw_legend();
    return out_ + "</svg>\n";
  }

 private:
  double px(double x) const { return kLeft + x_.place(x) * (kEnd - kLeft); }
  double py(double y) const { return kFoot - y_.place(y) * (kFoot - kTop); }

  void line(double x1, double y1, double x2, double y2, std::string_view style) {
    out_ += "<line x1=\"" + at(x1) + "\" y1=\"" + at(y1) + "\" x2=\"" + at(x2) + "\" y2=\"" +
            at(y2) + "\" " + std::string(style) + "/>\n";
  }
  void text(double x, double y, std::string_view content, std::string_view anchor,
            std::string_view more = "") {
    out_ += "<text x=\"" + at(x) + "\" y=\"" + at(y) + "\" text-anchor=\"" + std::string(anchor) +
            "\" " + std::string(more) + ">" + escape_markup(content) + "</text>\n";
  }
  // `style` takes the colour as currentColor.
  void rectangle(double x1, double x2, double top, double foot, Hue hue, std::string_view style,
                 std::string_view tip) {
    out_ += "<rect class=\"" + std::string(class_of(hue)) + "\" x=\"" + at(x1) + "\" y=\"" +
            at(top) + "\" width=\"" + at(x2 - x1) + "\" height=\"" + at(foot - top) +
            "\" fill=\"currentColor\" " + std::string(style) + "><title>" + escape_markup(tip) +
            "</title></rect>\n";
  }

  void draw_axes() {
    for (const double tick : y_.ticks()) {
      line(kLeft, py(tick), kEnd, py(tick), "class=\"grid\"");
      text(kLeft - 6, py(tick) + 4, number(tick), "end");
    }
    std::vector<Tick> ticks = plot_.x_ticks;
    if (ticks.empty()) {
      for (const double tick : x_.ticks()) ticks.push_back({tick, number(tick)});
    }
    for (const auto& [x, label] : ticks) {
      if (plot_.shape != Shape::bars) line(px(x), kFoot, px(x), kFoot + 4, "class=\"axis\"");
      if (ticks.size() <= kMostLabels) text(px(x), kFoot + 16, label, "middle");
    }
    line(kLeft, kFoot, kEnd, kFoot, "class=\"axis\"");
    text((kLeft + kEnd) / 2, kHeight - 6, plot_.x_label, "middle");
    out_ += "<text transform=\"translate(14 " + at((kTop + kFoot) / 2) +
            ") rotate(-90)\" text-anchor=\"middle\">" + escape_markup(plot_.y_label) + "</text>\n";
  }

  // Labels that would run into one another go below one another; after a few rows, the tip and the
  // reader's table have to do.
  void draw_bands() {
    std::array<double, 3> row_ends{};
    for (const auto& band : plot_.bands) {
      const double from = px(std::max(band.from, x_.min()));
      const double to = std::max(px(std::min(band.to, x_.max())), from + 1.5);
      if (band.to < x_.min() || band.from > x_.max()) continue;
      rectangle(from, to, kTop, kFoot, band.hue, "opacity=\"0.15\"", band.label);
      const double width = kLetter * static_cast<double>(band.label.size());
      const double start = std::max(std::min(from + 3, kEnd - width), kLeft);
      for (std::size_t row = 0; row < row_ends.size(); ++row) {
        if (row_ends[row] > start) continue;
        row_ends[row] = start + width + 6;
        text(start, kTop + 10 + 12 * static_cast<double>(row), band.label, "start");
        break;
      }
    }
  }

  void draw_mark(const Mark& mark) {
    line(px(mark.x), kTop, px(mark.x), kFoot,
         "class=\"red\" stroke=\"currentColor\" stroke-dasharray=\"4 3\"");
    text(px(mark.x) + 3, kTop + 9, mark.label, "start");
  }

  void draw_line(const Series& series) {
    std::string points;
    const auto flush = [&] {
      if (points.empty()) return;
      out_ += "<polyline class=\"" + std::string(class_of(series.hue)) +
              "\" fill=\"none\" stroke-width=\"1.5\" stroke-linecap=\"round\" "
              "stroke=\"currentColor\" points=\"" +
              points + "\"/>\n";
      points.clear();
    };
    for (const auto& [x, y] : series.points) {
      if (!y_.shows(y)) {
        flush();
        continue;
      }
      points += (points.empty() ? "" : " ") + at(px(x)) + "," + at(py(y));
    }
    flush();
  }

  void draw_bars() {
    if (plot_.series.empty()) return;
    const auto& series = plot_.series.front();
    for (std::size_t i = 0; i < series.points.size(); ++i) {
      const auto x = static_cast<double>(i);
      const double y = series.points[i].y;
      rectangle(px(x - 0.3), px(x + 0.3), py(y), kFoot, series.hue, "", number(y));
      if (series.points.size() <= kMostLabels) text(px(x), py(y) - 4, number(y), "middle");
    }
  }

  void draw_stack() {
    std::vector<double> floor;
    for (const auto& series : plot_.series) {
      floor.resize(series.points.size());
      std::string above;
      std::vector<std::string> below;
      for (std::size_t i = 0; i < series.points.size(); ++i) {
        const auto& [x, y] = series.points[i];
        below.push_back(point(x, floor[i]));
        floor[i] += y;
        above += point(x, floor[i]);
      }
      if (above.empty()) continue;
      for (const auto& each : below | std::views::reverse) above += each;  // the way back
      above.pop_back();
      out_ += "<polygon class=\"" + std::string(class_of(series.hue)) +
              "\" fill=\"currentColor\" opacity=\"0.85\" points=\"" + above + "\"/>\n";
    }
  }

  std::string point(double x, double y) const {
    auto text = at(px(x));
    text.append(",").append(at(py(y))).append(" ");
    return text;
  }

  void draw_legend() {
    double x = kLeft;
    for (const auto& series : plot_.series) {
      out_.append("<rect class=\"").append(class_of(series.hue));
      out_ += "\" x=\"" + at(x) + "\" y=\"28\" width=\"14\" height=\"4\" fill=\"currentColor\"/>\n";
      text(x + 18, 34, series.name, "start");
      x += 34 + kLetter * static_cast<double>(series.name.size());
    }
  }

  const Plot& plot_;
  Axis x_;
  Axis y_;
  std::string out_;
};

}  // namespace

std::string to_svg(const Plot& plot) { return Canvas(plot).draw(); }

std::vector<Tick> ticks_of(const std::vector<std::string>& labels) {
  std::vector<Tick> ticks;
  ticks.reserve(labels.size());
  for (const auto& label : labels) ticks.push_back({static_cast<double>(ticks.size()), label});
  return ticks;
}

}  // namespace pim::load::report
