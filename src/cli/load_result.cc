#include "cli/load_result.h"

#include <chrono>
#include <cstdio>

namespace pim::cli {
namespace {

using load::Outcomes;
using load::RunResult;
using load::report::AlertSeen;
using load::report::LoadReport;

std::string line_of(const load::OperationResult& operation) {
  const Outcomes& after = operation.after;
  const auto millis = [&](double percent) {
    return static_cast<double>(after.ok_latency.percentile(percent)) / 1000;
  };
  char line[256];
  std::snprintf(line, sizeof line, "  %-28s %9llu %9llu %8llu %8llu %9.2f %9.2f %9.2f %9.2f\n",
                operation.name.c_str(), static_cast<unsigned long long>(after.ok),
                static_cast<unsigned long long>(after.rejected),
                static_cast<unsigned long long>(operation.before.failed),
                static_cast<unsigned long long>(after.failed), millis(50), millis(95), millis(99),
                millis(99.9));
  return line;
}

std::string line_of(const AlertSeen& alert) {
  std::string out = "  alert after " + alert.fault + ": " + alert.name;
  if (alert.before) return out + " fired before\n";
  if (!alert.after) return out + " silent\n";
  char seconds[64];
  std::snprintf(seconds, sizeof seconds, " fired after %.0f s\n",
                std::chrono::duration<double>(*alert.after).count());
  return out + seconds;
}

}  // namespace

std::string load_result_text(const LoadReport& report) {
  const RunResult& result = report.run;
  std::string out = result.scenario + ". " + sentence(report) + "\n";
  for (const auto& check : result.checks) {
    out += std::string(check.met ? "  met       " : "  VIOLATED  ") + check.name + ": " +
           check.got + " (wanted " + check.wanted + ")\n";
  }
  out +=
      "\n  operation                           ok  rejected   failed    after       p50"
      "       p95       p99     p99.9\n"
      "                                                   at first  retries        "
      "ms from the intended start\n";
  for (const auto& operation : result.operations) out += line_of(operation);
  const auto& own = result.read_your_writes;
  if (own.checked > 0) {
    out += "\n  own writes read: " + std::to_string(own.checked) +
           ", missing the write: " + std::to_string(own.stale) + "\n";
  }
  if (report.history) out += "\n  history: " + report.history->summary + "\n";
  for (const auto& alert : report.alerts) out += line_of(alert);
  for (const auto& error : result.errors) {
    out += "  " + error.kind + ": " + std::to_string(error.attempts) + " attempts, " +
           std::to_string(error.requests) + " requests; first: " + error.example.substr(0, 160) +
           "\n";
  }
  char self[256];
  std::snprintf(self, sizeof self,
                "\n  generator: %.0f %% of a processor, %.1f us an attempt, arrivals taken up %.2f "
                "ms late at p99, at most %llu waiting\n",
                result.generator.cpu * 100, result.generator.cpu_micros_per_attempt,
                static_cast<double>(result.generator.lag.percentile(99)) / 1000,
                static_cast<unsigned long long>(result.generator.most_waiting));
  return out + self;
}

}  // namespace pim::cli
