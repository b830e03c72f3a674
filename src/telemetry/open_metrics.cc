#include "telemetry/open_metrics.h"

#include <charconv>
#include <cmath>

namespace pim::telemetry {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

// Shortest text that reads back the same, never in scientific notation.
void append_number(std::string& out, double value) {
  char text[400];
  out.append(text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr);
}

// `le` values are compared as text: whole ones are written `1.0`.
std::string bound_text(double bound) {
  std::string text;
  append_number(text, bound);
  if (bound == std::floor(bound)) text += ".0";
  return text;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

// `le` is the histogram bound, or empty.
void append_labels(std::string& out, const Labels& labels, std::string_view le) {
  if (labels.empty() && le.empty()) return;
  char before = '{';
  const auto one = [&](std::string_view name, std::string_view value) {
    out += before;
    before = ',';
    out += name;
    out += "=\"";
    append_escaped(out, value);
    out += '"';
  };
  for (const auto& [name, value] : labels) one(name, value);
  if (!le.empty()) one("le", le);
  out += '}';
}

// ` # {labels} value timestamp`, the timestamp in seconds.
void append_exemplar(std::string& out, const Histogram::Exemplar& exemplar) {
  out += " # {trace_id=\"" + exemplar.trace.trace_hex() + "\",span_id=\"" +
         exemplar.trace.span_hex() + "\"} ";
  append_number(out, exemplar.value);
  out += ' ';
  const auto since = exemplar.at.time_since_epoch();
  append_number(out, static_cast<double>(
                         std::chrono::duration_cast<std::chrono::milliseconds>(since).count()) /
                         1000);
}

}  // namespace

void OpenMetricsText::family(const MetricInfo& info) {
  const auto about = [&](std::string_view what) {
    out_ += what;
    out_ += info.name;
    out_ += ' ';
  };
  about("# TYPE ");
  out_ += to_string(info.type);
  out_ += '\n';
  if (!info.unit.empty()) {
    about("# UNIT ");
    out_ += info.unit;
    out_ += '\n';
  }
  about("# HELP ");
  append_escaped(out_, info.help);
  out_ += '\n';
}

template <class Number>
void OpenMetricsText::line(const MetricInfo& info, std::string_view suffix, const Labels& labels,
                           std::string_view le, Number value, const Histogram::Exemplar* exemplar) {
  out_ += info.name;
  out_ += suffix;
  append_labels(out_, labels, le);
  out_ += ' ';
  append_number(out_, value);
  if (exemplar != nullptr) append_exemplar(out_, *exemplar);
  out_ += '\n';
  ++lines_;
}

void OpenMetricsText::sample(const MetricInfo& info, const Labels& labels, double value) {
  line(info, info.type == MetricType::counter ? "_total" : "", labels, {}, value);
}

void OpenMetricsText::histogram(const MetricInfo& info, const Labels& labels,
                                const Histogram::Snapshot& values) {
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < values.counts.size(); ++i) {
    cumulative += values.counts[i];
    const auto& exemplar = values.exemplars[i];
    const std::string le = i < values.bounds.size() ? bound_text(values.bounds[i]) : "+Inf";
    line(info, "_bucket", labels, le, cumulative, exemplar ? &*exemplar : nullptr);
  }
  line(info, "_sum", labels, {}, values.sum);
  line(info, "_count", labels, {}, cumulative);
}

std::string OpenMetricsText::finish() && {
  out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace pim::telemetry
