#include "cli/load_alerts.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "cli/progress.h"
#include "load/report/alerts.h"
#include "load/report/fault_alerts.h"

namespace pim::cli {
namespace {

using namespace std::chrono_literals;
using load::AlertTime;
using load::FaultPeriod;
using load::report::AlertSeen;
using load::report::Wish;

AlertTime on_wall(const load::RunResult& run, std::chrono::nanoseconds time) {
  return run.started + std::chrono::duration_cast<AlertTime::duration>(time);
}

// When the next fault begins; nothing where this is the last.
std::optional<std::chrono::nanoseconds> next_begin(const load::RunResult& run,
                                                   const FaultPeriod& fault) {
  std::optional<std::chrono::nanoseconds> next;
  for (const auto& other : run.faults) {
    if (other.from > fault.from && (!next || other.from < *next)) next = other.from;
  }
  return next;
}

bool all_fired(const std::vector<AlertSeen>& rows) {
  const auto wanted = [](const AlertSeen& row) { return row.wish == Wish::fires; };
  return std::ranges::any_of(rows, wanted) &&
         std::ranges::all_of(rows, [&](const AlertSeen& row) { return !wanted(row) || row.fired; });
}

std::string known_alerts(const std::vector<load::AlertRule>& rules) {
  std::string names;
  for (const auto& rule : rules) names += (names.empty() ? "" : ", ") + rule.name;
  return names;
}

}  // namespace

Result<AlertWatch, std::string> AlertWatch::begin(
    const Url& ruler, const std::vector<load::PlannedScenarioFault>& faults) {
  auto rules = load::alert_rules(ruler.host, ruler.port);
  if (!rules) return Err{rules.error()};
  for (const auto& fault : faults) {
    if (fault.alert.empty() || fault.alert == load::kNoPage) continue;
    const auto name = load::rule_name(fault.alert);
    if (std::ranges::find(*rules, name, &load::AlertRule::name) == rules->end()) {
      return Err{"the ruler has no alert '" + name + "'; it has: " + known_alerts(*rules)};
    }
  }
  return AlertWatch(ruler, std::move(*rules));
}

Result<std::vector<AlertSeen>, std::string> AlertWatch::wait(const load::RunResult& run,
                                                             const std::atomic<bool>& stop) const {
  Progress progress("waiting for alerts");
  std::vector<AlertSeen> all;
  for (const auto& fault : run.faults) {
    const auto begin = on_wall(run, fault.from);
    auto until = on_wall(run, fault.to) + load::settles_after(fault, rules_);
    if (const auto next = next_begin(run, fault)) until = std::min(until, on_wall(run, *next));
    for (;;) {
      const auto now = std::chrono::system_clock::now();
      const auto fired = load::alerts_fired(ruler_.host, ruler_.port, begin, std::min(now, until));
      if (!fired) return Err{fired.error()};
      auto rows = load::alerts_of(fault, *fired);
      if (stop.load()) return Err{std::string("the wait for alerts was interrupted")};
      if (now >= until || all_fired(rows)) {
        all.insert(all.end(), rows.begin(), rows.end());
        break;
      }
      const auto whole = std::chrono::duration_cast<std::chrono::seconds>(until - begin);
      const auto done = std::chrono::duration_cast<std::chrono::seconds>(now - begin);
      progress.update(static_cast<std::uint64_t>(done.count()),
                      static_cast<std::uint64_t>(whole.count()));
      std::this_thread::sleep_for(1s);
    }
  }
  return all;
}

}  // namespace pim::cli
