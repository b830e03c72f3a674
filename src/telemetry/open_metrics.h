// The OpenMetrics 1.0 text format, line by line.
#pragma once

#include <cstdint>
#include <string>

#include "telemetry/metrics.h"

namespace pim::telemetry {

class OpenMetricsText {
 public:
  // TYPE, UNIT and HELP of a family; its samples follow.
  void family(const MetricInfo& info);
  void sample(const MetricInfo& info, const Labels& labels, double value);
  // Its buckets with their exemplars, its sum and its count.
  void histogram(const MetricInfo& info, const Labels& labels, const Histogram::Snapshot& values);

  std::uint64_t lines() const { return lines_; }  // of samples
  std::string finish() &&;                        // with `# EOF`

 private:
  template <class Number>
  void line(const MetricInfo& info, std::string_view suffix, const Labels& labels,
            std::string_view le, Number value, const Histogram::Exemplar* exemplar = nullptr);

  std::string out_;
  std::uint64_t lines_ = 0;
};

}  // namespace pim::telemetry
