// Lists of metrics as Markdown: what documents show of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "telemetry/metrics.h"

namespace pim::telemetry {

struct MetricSection {
  std::string_view title;
  std::span<const MetricInfo* const> metrics;
};

// The name under which it is queried: with `_total` where it is a counter.
std::string queried_name(const MetricInfo& info);

// A table for each section, under its title.
std::string metric_tables(std::span<const MetricSection> sections);

}  // namespace pim::telemetry
