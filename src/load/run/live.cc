#include "load/run/live.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pim::load {
namespace {

constexpr std::size_t kErrorsShown = 6;

std::string clock_text(std::chrono::nanoseconds time) {
  const auto seconds =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(time).count());
  char text[32];
  std::snprintf(text, sizeof text, "%lld:%02lld", static_cast<long long>(seconds / 60),
                static_cast<long long>(seconds % 60));
  return text;
}

std::string latency_text(std::uint64_t micros) {
  char text[32];
  const double millis = static_cast<double>(micros) / 1000;
  std::snprintf(text, sizeof text,
                millis < 10    ? "%.2f ms"
                : millis < 100 ? "%.1f ms"
                               : "%.0f ms",
                millis);
  return text;
}

std::string rate_text(std::uint64_t count, double seconds) {
  return std::to_string(std::llround(static_cast<double>(count) / std::max(seconds, 1e-3)));
}

std::string faults_text(const std::vector<FaultPeriod>& faults) {
  std::string text;
  for (const FaultPeriod& fault : faults) {
    if (fault.to.count() != 0) continue;
    if (!text.empty()) text += ", ";
    text += fault.kind + (fault.target.empty() ? "" : " on " + fault.target);
  }
  return text;
}

std::string latencies(const LiveView& view) {
  if (view.last.ok == 0) return "no answer";
  return "p50 " + latency_text(view.p50_micros) + "  p99 " + latency_text(view.p99_micros);
}

// Those that ended most requests first.
std::vector<const ErrorResult*> by_number(const LiveView& view) {
  std::vector<const ErrorResult*> errors;
  errors.reserve(view.errors.size());
  for (const ErrorResult& error : view.errors) errors.push_back(&error);
  std::ranges::stable_sort(errors, std::ranges::greater(), [](const ErrorResult* error) {
    return error->attempts + error->requests;
  });
  errors.resize(std::min(errors.size(), kErrorsShown));
  return errors;
}

}  // namespace

std::string live_line(const LiveView& view, const std::vector<FaultPeriod>& faults) {
  std::string line = clock_text(view.elapsed) + "/" + clock_text(view.planned) + " " + view.phase +
                     "  due " + rate_text(view.last.due, view.seconds) + "/s  ok " +
                     rate_text(view.last.ok, view.seconds) + "/s  " + latencies(view) +
                     "  in flight " + std::to_string(view.in_flight) + "  waiting " +
                     std::to_string(view.waiting) + "  retries " +
                     rate_text(view.last.retries, view.seconds) + "/s";
  if (view.last.failed > 0) line += "  failed " + rate_text(view.last.failed, view.seconds) + "/s";
  if (view.stale > 0) line += "  STALE READS " + std::to_string(view.stale);
  for (const ErrorResult* error : by_number(view)) {
    line += "  [" + error->kind + " " + std::to_string(error->attempts + error->requests) + "]";
  }
  if (const auto text = faults_text(faults); !text.empty()) line += "  FAULT " + text;
  return line;
}

std::string live_screen(const LiveView& view, const std::vector<FaultPeriod>& faults,
                        std::size_t width) {
  std::vector<std::string> lines;
  lines.push_back(clock_text(view.elapsed) + " of " + clock_text(view.planned) + "  " + view.phase);
  lines.push_back("  rate      due " + rate_text(view.last.due, view.seconds) + "/s   ok " +
                  rate_text(view.last.ok, view.seconds) + "/s   failed " +
                  rate_text(view.last.failed, view.seconds) + "/s");
  lines.push_back("  latency   " + latencies(view) + "   (last second, from the intended start)");
  lines.push_back("  now       in flight " + std::to_string(view.in_flight) + "   waiting " +
                  std::to_string(view.waiting) + "   retries " +
                  rate_text(view.last.retries, view.seconds) + "/s   budget left " +
                  std::to_string(std::max(0LL, std::llround(std::floor(view.retry_budget)))));
  char self[96];
  std::snprintf(self, sizeof self, "  self      cpu %.0f %%   latest arrival taken up %s late",
                view.cpu * 100, latency_text(view.lag_micros).c_str());
  lines.emplace_back(self);
  const auto now = faults_text(faults);
  lines.push_back("  faults    " + (now.empty() ? std::string("none") : now));
  if (view.stale > 0) lines.push_back("  STALE     " + std::to_string(view.stale) + " reads");
  for (const ErrorResult* error : by_number(view)) {
    lines.push_back("  error     " + error->kind + ": " + std::to_string(error->attempts) +
                    " attempts, " + std::to_string(error->requests) + " requests");
  }
  std::string screen;
  for (const std::string& line : lines) screen += line.substr(0, width) + '\n';
  return screen;
}

}  // namespace pim::load
