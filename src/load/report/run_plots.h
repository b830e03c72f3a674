// A run's plots. Faults and the warm-up are shaded wherever time is the axis.
#pragma once

#include "load/report/svg_plot.h"
#include "load/run/run_result.h"

namespace pim::load::report {

Plot latency_over_time(const RunResult& run);
Plot requests_over_time(const RunResult& run);
Plot failures_over_time(const RunResult& run);     // and rejections, by class; no series: none
Plot latency_by_percentile(const RunResult& run);  // to the last thousandths
Plot requests_by_shard(const RunResult& run);

}  // namespace pim::load::report
