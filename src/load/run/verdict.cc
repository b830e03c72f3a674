#include "load/run/verdict.h"

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace pim::load {
namespace {

// Of all operations that a threshold is about.
struct Matched {
  Outcomes before;
  Outcomes after;
};

bool is_about(const std::string& of, const OperationResult& operation) {
  if (of == "all") return true;
  if (of == "commands") return operation.command;
  if (of == "queries") return !operation.command;
  return of == operation.name;
}

void add_outcomes(Outcomes& sum, const Outcomes& part) {
  sum.ok += part.ok;
  sum.rejected += part.rejected;
  sum.failed += part.failed;
  sum.ok_latency.merge(part.ok_latency);
}

Matched matched(const std::string& of, const RunResult& result) {
  Matched sum;
  const auto take = [&](const OperationResult& operation) {
    add_outcomes(sum.before, operation.before);
    add_outcomes(sum.after, operation.after);
  };
  for (const OperationResult& operation : result.operations) {
    if (is_about(of, operation)) take(operation);
  }
  // They wait for the projection, so they count only where they are asked for.
  if (of == result.read_your_writes.reads.name) take(result.read_your_writes.reads);
  return sum;
}

double availability(const Outcomes& outcomes) {
  return 100.0 * static_cast<double>(outcomes.ok + outcomes.rejected) /
         static_cast<double>(outcomes.all());
}

double measured_seconds(const RunResult& result) {
  const auto end = result.interrupted ? result.elapsed : result.planned;
  return std::chrono::duration<double>(end - result.warm_up).count();
}

std::string number_text(const char* form, double value) {
  char out[64];
  std::snprintf(out, sizeof out, form, value);
  return out;
}

double percent_of(Measure measure) {
  switch (measure) {
    case Measure::p50:
      return 50;
    case Measure::p95:
      return 95;
    case Measure::p99:
      return 99;
    default:
      return 99.9;
  }
}

// `bad` of `all`, where the objective allows `allowed` (0 to 1) of them to be.
std::optional<double> budget_spent(std::uint64_t bad, std::uint64_t all, double allowed) {
  if (bad == 0) return 0;
  if (allowed <= 0) return std::nullopt;
  return static_cast<double>(bad) / (static_cast<double>(all) * allowed);
}

Check hold(const Threshold& threshold, const RunResult& result) {
  const Matched found = matched(threshold.of, result);
  Check check;
  check.name = threshold.of + " " + std::string(to_string(threshold.measure));
  switch (threshold.measure) {
    case Measure::availability:
    case Measure::first_try_availability: {
      const auto& outcomes =
          threshold.measure == Measure::availability ? found.after : found.before;
      const double got = availability(outcomes);
      check.wanted = number_text(">= %.4g %%", threshold.limit);
      check.got = number_text("%.6g %%", got);
      check.met = got >= threshold.limit;
      check.budget_spent = budget_spent(outcomes.failed, outcomes.all(), 1 - threshold.limit / 100);
      break;
    }
    case Measure::goodput: {
      const double got = static_cast<double>(found.after.ok) / measured_seconds(result);
      check.wanted = number_text(">= %.6g/s", threshold.limit);
      check.got = number_text("%.6g/s", got);
      check.met = got >= threshold.limit;
      break;
    }
    default: {
      const Histogram& latency = found.after.ok_latency;
      const double percent = percent_of(threshold.measure);
      const double got = static_cast<double>(latency.percentile(percent)) / 1000;
      const std::chrono::duration<double, std::milli> limit(threshold.limit);
      check.budget_spent = budget_spent(
          latency.count_above(std::chrono::duration_cast<std::chrono::nanoseconds>(limit)),
          latency.count(), 1 - percent / 100);
      check.wanted = number_text("<= %.6g ms", threshold.limit);
      check.got = number_text("%.4g ms", got);
      check.met = got <= threshold.limit && found.after.ok > 0;
      break;
    }
  }
  if (found.after.all() == 0) {
    check.got = "no request";
    check.met = false;
    check.budget_spent.reset();
  }
  return check;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::met:
      return "met";
    case Verdict::violated:
      return "violated";
    case Verdict::inconclusive:
      break;
  }
  return "inconclusive";
}

void judge(const std::vector<Threshold>& thresholds, RunResult& result) {
  std::vector<std::string> broken;
  std::uint64_t measured = 0;
  for (const OperationResult& operation : result.operations) measured += operation.after.all();
  for (const Threshold& threshold : thresholds) {
    const Check& held = result.checks.emplace_back(hold(threshold, result));
    if (!held.met) broken.push_back(held.name + ": " + held.got + ", wanted " + held.wanted);
  }
  const auto stale = result.read_your_writes.stale;
  if (stale > 0) {
    broken.insert(broken.begin(), std::to_string(stale) + " of " +
                                      std::to_string(result.read_your_writes.checked) +
                                      " reads at an acknowledged position missed the write");
  }
  std::vector<std::string> doubts = result.generator.bottlenecks;
  doubts.insert(doubts.end(), result.fault_failures.begin(), result.fault_failures.end());
  if (result.interrupted) doubts.emplace_back("the run was interrupted");
  if (measured == 0) doubts.emplace_back("no request was measured");

  if (stale > 0 || (doubts.empty() && !broken.empty())) {
    result.verdict = Verdict::violated;
  } else {
    result.verdict = doubts.empty() ? Verdict::met : Verdict::inconclusive;
  }
  result.reasons = std::move(doubts);
  result.reasons.insert(result.reasons.end(), broken.begin(), broken.end());
}

}  // namespace pim::load
