#include "telemetry/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <thread>

namespace pim::telemetry {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

// Shortest text that reads back the same, never in scientific notation: `le` values are compared as
// text.
void append_number(std::string& out, double value) {
  char text[400];
  out.append(text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr);
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
void append_labels(std::string& out, const Labels& labels, std::string_view le = {}) {
  if (labels.empty() && le.empty()) return;
  out += '{';
  bool first = true;
  const auto one = [&](std::string_view name, std::string_view value) {
    if (!first) out += ',';
    first = false;
    out += name;
    out += "=\"";
    append_escaped(out, value);
    out += '"';
  };
  for (const auto& [name, value] : labels) one(name, value);
  if (!le.empty()) one("le", le);
  out += '}';
}

// OpenMetrics 1.0: ` # {labels} value timestamp`, the timestamp in seconds.
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

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return "unknown";
}

}  // namespace

void Histogram::observe(double seconds, const TraceContext* kept) noexcept {
  const double value = seconds > 0 ? seconds : 0;
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), value);
  const auto bucket = static_cast<std::size_t>(bound - kBounds.begin());
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(static_cast<std::uint64_t>(value * 1e9), std::memory_order_relaxed);
  if (kept == nullptr) return;
  Slot& slot = exemplars_[bucket];
  if (slot.taken.test_and_set(std::memory_order_acquire)) return;
  slot.exemplar = {*kept, value, std::chrono::system_clock::now()};
  slot.filled = true;
  slot.taken.clear(std::memory_order_release);
}

std::optional<Histogram::Exemplar> Histogram::exemplar(std::size_t bucket) const noexcept {
  const Slot& slot = exemplars_[bucket];
  while (slot.taken.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  std::optional<Exemplar> copy;
  if (slot.filled) copy = slot.exemplar;
  slot.taken.clear(std::memory_order_release);
  return copy;
}

std::array<std::uint64_t, Histogram::kBounds.size() + 1> Histogram::counts() const noexcept {
  std::array<std::uint64_t, kBounds.size() + 1> copy{};
  for (std::size_t i = 0; i < copy.size(); ++i)
    copy[i] = counts_[i].load(std::memory_order_relaxed);
  return copy;
}

double Histogram::sum() const noexcept {
  return static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e9;
}

struct Registry::Family {
  MetricInfo info;
  std::vector<std::pair<Labels, std::unique_ptr<Counter>>> counters;
  std::vector<std::pair<Labels, std::unique_ptr<Histogram>>> histograms;
  std::vector<std::function<std::vector<Sample>()>> collectors;

  void render_sample(std::string& out, const Labels& labels, double value) const {
    out += info.name;
    if (info.type == MetricType::counter) out += "_total";
    append_labels(out, labels);
    out += ' ';
    append_number(out, value);
    out += '\n';
  }

  void render_histogram(std::string& out, const Labels& labels, const Histogram& series) const {
    const auto counts = series.counts();
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      cumulative += counts[i];
      std::string le = "+Inf";
      if (i < Histogram::kBounds.size()) {
        le.clear();
        append_number(le, Histogram::kBounds[i]);
      }
      out += info.name;
      out += "_bucket";
      append_labels(out, labels, le);
      out += ' ';
      append_number(out, cumulative);
      if (const auto exemplar = series.exemplar(i)) append_exemplar(out, *exemplar);
      out += '\n';
    }
    out += info.name;
    out += "_sum";
    append_labels(out, labels);
    out += ' ';
    append_number(out, series.sum());
    out += '\n';
    out += info.name;
    out += "_count";
    append_labels(out, labels);
    out += ' ';
    append_number(out, cumulative);
    out += '\n';
  }

  void render(std::string& out) const {
    out += "# TYPE ";
    out += info.name;
    out += ' ';
    out += type_name(info.type);
    out += '\n';
    if (!info.unit.empty()) {
      out += "# UNIT ";
      out += info.name;
      out += ' ';
      out += info.unit;
      out += '\n';
    }
    out += "# HELP ";
    out += info.name;
    out += ' ';
    append_escaped(out, info.help);
    out += '\n';
    for (const auto& [labels, series] : counters) {
      render_sample(out, labels, static_cast<double>(series->value()));
    }
    for (const auto& [labels, series] : histograms) render_histogram(out, labels, *series);
    for (const auto& read : collectors) {
      for (const Sample& sample : read()) render_sample(out, sample.labels, sample.value);
    }
  }
};

Registry::Registry() = default;
Registry::~Registry() = default;

Registry::Family& Registry::family(const MetricInfo& info) {
  for (const auto& each : families_) {
    if (each->info.name == info.name) return *each;
  }
  families_.push_back(std::make_unique<Family>());
  families_.back()->info = info;
  return *families_.back();
}

namespace {

template <class Series>
Series& bind(std::vector<std::pair<Labels, std::unique_ptr<Series>>>& all, Labels labels) {
  for (const auto& [existing, series] : all) {
    if (existing == labels) return *series;
  }
  all.emplace_back(std::move(labels), std::make_unique<Series>());
  return *all.back().second;
}

}  // namespace

Counter& Registry::counter(const MetricInfo& info, Labels labels) {
  const std::lock_guard lock(mutex_);
  return bind(family(info).counters, std::move(labels));
}

Histogram& Registry::histogram(const MetricInfo& info, Labels labels) {
  const std::lock_guard lock(mutex_);
  return bind(family(info).histograms, std::move(labels));
}

void Registry::collect(const MetricInfo& info, std::function<std::vector<Sample>()> read) {
  const std::lock_guard lock(mutex_);
  family(info).collectors.push_back(std::move(read));
}

std::string Registry::render() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& each : families_) each->render(out);
  out += "# EOF\n";
  return out;
}

}  // namespace pim::telemetry
