#include "cli/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace pim::cli {
namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 250;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 34;
constexpr double kBottom = 40;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string at(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

struct Axis {
  double min = 0;
  double max = 1;
  bool log = false;

  double place(double value) const {  // 0 to 1
    if (!log) return (value - min) / (max - min);
    return (std::log10(value) - std::log10(min)) / (std::log10(max) - std::log10(min));
  }
  std::vector<double> ticks() const {
    std::vector<double> all;
    if (log) {
      double decade = min;
      while (decade <= max * 1.001) {
        all.push_back(decade);
        decade *= 10;
      }
      return all;
    }
    const double raw = (max - min) / 5;
    const double magnitude = std::pow(10, std::floor(std::log10(raw)));
    const double step = raw / magnitude < 2   ? 2 * magnitude
                        : raw / magnitude < 5 ? 5 * magnitude
                                              : 10 * magnitude;
    double tick = std::ceil(min / step) * step;
    while (tick <= max) {
      all.push_back(tick);
      tick += step;
    }
    return all;
  }
};

class Canvas {
 public:
  explicit Canvas(const Plot& plot) : plot_(plot) {
    bool any = false;
    for (const auto& series : plot.series) {
      for (const auto& point : series.points) {
        if (plot.log_y && point.y <= 0) continue;
        x_.min = any ? std::min(x_.min, point.x) : point.x;
        x_.max = any ? std::max(x_.max, point.x) : point.x;
        low_ = any ? std::min(low_, point.y) : point.y;
        y_.max = any ? std::max(y_.max, point.y) : point.y;
        any = true;
      }
    }
    if (plot.bars) {
      x_.min = -0.5;
      x_.max = static_cast<double>(plot.names.size()) - 0.5;
    }
    if (x_.max <= x_.min) x_.max = x_.min + 1;
    y_.log = plot.log_y;
    if (plot.log_y) {
      y_.min = std::pow(10, std::floor(std::log10(std::max(low_, 1e-3))));
      y_.max = std::pow(10, std::ceil(std::log10(std::max(y_.max, y_.min * 1.01))));
    } else {
      y_.max = y_.max > 0 ? y_.max * 1.08 : 1;
    }
  }

  std::string draw() {
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) + " " +
           number(kHeight) + "\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n";
    text(kLeft, 16, plot_.title, "start", "#111", "font-weight=\"bold\" font-size=\"13\"");
    axes();
    for (const auto& mark : plot_.marks) draw_mark(mark);
    if (plot_.bars) {
      draw_bars();
    } else {
      for (const auto& series : plot_.series) draw_line(series);
      legend();
    }
    return out_ + "</svg>\n";
  }

 private:
  double px(double x) const { return kLeft + x_.place(x) * (kWidth - kLeft - kRight); }
  double py(double y) const { return kHeight - kBottom - y_.place(y) * (kHeight - kTop - kBottom); }

  void line(double x1, double y1, double x2, double y2, std::string_view style) {
    out_ += "<line x1=\"" + at(x1) + "\" y1=\"" + at(y1) + "\" x2=\"" + at(x2) + "\" y2=\"" +
            at(y2) + "\" " + std::string(style) + "/>\n";
  }
  void text(double x, double y, std::string_view content, std::string_view anchor,
            std::string_view colour = "#444", std::string_view more = "") {
    out_ += "<text x=\"" + at(x) + "\" y=\"" + at(y) + "\" text-anchor=\"" + std::string(anchor) +
            "\" fill=\"" + std::string(colour) + "\" " + std::string(more) + ">" +
            escape_markup(content) + "</text>\n";
  }

  void axes() {
    for (const double tick : y_.ticks()) {
      line(kLeft, py(tick), kWidth - kRight, py(tick), "stroke=\"#e3e3e3\"");
      text(kLeft - 6, py(tick) + 4, number(tick), "end");
    }
    const double foot = kHeight - kBottom;
    for (std::size_t i = 0; i < plot_.names.size(); ++i) {
      text(px(static_cast<double>(i)), foot + 16, plot_.names[i], "middle");
    }
    for (const double tick : plot_.names.empty() ? x_.ticks() : std::vector<double>()) {
      line(px(tick), foot, px(tick), foot + 4, "stroke=\"#888\"");
      text(px(tick), foot + 16, number(tick), "middle");
    }
    line(kLeft, kHeight - kBottom, kWidth - kRight, kHeight - kBottom, "stroke=\"#888\"");
    text((kLeft + kWidth - kRight) / 2, kHeight - 6, plot_.x_label, "middle");
    out_ += "<text transform=\"translate(14 " + at((kTop + kHeight - kBottom) / 2) +
            ") rotate(-90)\" text-anchor=\"middle\" fill=\"#444\">" + escape_markup(plot_.y_label) +
            "</text>\n";
  }

  void draw_mark(const Mark& mark) {
    line(px(mark.x), kTop, px(mark.x), kHeight - kBottom,
         "stroke=\"#c62828\" stroke-dasharray=\"4 3\"");
    text(px(mark.x) + 3, kTop + 9, mark.label, "start", "#c62828");
  }

  void draw_line(const Series& series) {
    std::string path;
    for (const auto& point : series.points) {
      if (plot_.log_y && point.y <= 0) continue;
      path += (path.empty() ? "" : " ") + at(px(point.x)) + "," + at(py(point.y));
    }
    out_ += "<polyline fill=\"none\" stroke-width=\"1.5\" stroke=\"" + series.colour +
            "\" points=\"" + path + "\"/>\n";
  }

  void draw_bars() {
    if (plot_.series.empty()) return;
    const auto& series = plot_.series.front();
    for (std::size_t i = 0; i < series.points.size(); ++i) {
      const double x = static_cast<double>(i);
      const double top = py(series.points[i].y);
      out_ += "<rect x=\"" + at(px(x - 0.3)) + "\" y=\"" + at(top) + "\" width=\"" +
              at(px(x + 0.3) - px(x - 0.3)) + "\" height=\"" + at(kHeight - kBottom - top) +
              "\" fill=\"" + series.colour + "\"/>\n";
      text(px(x), top - 4, number(series.points[i].y), "middle");
    }
  }

  void legend() {
    double x = kWidth - kRight;
    for (auto series = plot_.series.rbegin(); series != plot_.series.rend(); ++series) {
      text(x, 16, series->name, "end", series->colour);
      x -= 16 + 7 * static_cast<double>(series->name.size());
    }
  }

  const Plot& plot_;
  Axis x_;
  Axis y_;
  double low_ = 0;
  std::string out_;
};

}  // namespace

std::string to_svg(const Plot& plot) { return Canvas(plot).draw(); }

std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace pim::cli
