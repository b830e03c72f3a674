#include "load/report/fault_alerts.h"

#include <algorithm>
#include <cmath>

namespace pim::load {
namespace {

using report::AlertSeen;
using report::Wish;
using std::chrono::nanoseconds;

// Pages that take longer look back further than a run of minutes lasts.
constexpr std::chrono::seconds kMostPatience{120};

AlertSeen seen(const FaultPeriod& fault, const AlertFired& alert, Wish wish) {
  AlertSeen row{alert.label(), alert.severity, fault.kind, wish, {}, {}, alert.before};
  if (!alert.before) {
    row.after = nanoseconds(std::llround(alert.seconds * 1e9));
    row.fired = fault.from + *row.after;
  }
  return row;
}

Wish wish_of(const FaultPeriod& fault, const AlertFired& alert) {
  if (fault.alert == kNoPage) return alert.severity == "page" ? Wish::silent : Wish::none;
  return !fault.alert.empty() && means(fault.alert, alert) ? Wish::fires : Wish::none;
}

}  // namespace

std::string rule_name(const std::string& alert) { return alert.substr(0, alert.find(" of ")); }

bool means(const std::string& alert, const AlertFired& fired) {
  return alert == fired.name || alert == fired.label();
}

std::vector<AlertSeen> alerts_of(const FaultPeriod& fault, const std::vector<AlertFired>& fired) {
  const bool named = !fault.alert.empty() && fault.alert != kNoPage;
  const bool caused = std::ranges::any_of(fired, [&](const AlertFired& alert) {
    return !alert.before && wish_of(fault, alert) == Wish::fires;
  });
  std::vector<AlertSeen> rows;
  for (const auto& alert : fired) {
    const Wish wish = wish_of(fault, alert);
    // what fired already is told only where that leaves nothing to see
    if (alert.before && (wish != Wish::fires || caused)) continue;
    auto row = seen(fault, alert, wish);
    const auto same = [&](const AlertSeen& other) { return other.name == row.name; };
    if (std::ranges::none_of(rows, same)) rows.push_back(std::move(row));
  }
  const auto silence = [&](const std::string& name, const char* severity, Wish wish) {
    if (std::ranges::none_of(rows, [&](const AlertSeen& row) { return row.wish == wish; })) {
      rows.push_back({name, severity, fault.kind, wish, {}});
    }
  };
  if (named) silence(fault.alert, "", Wish::fires);
  if (fault.alert == kNoPage) silence("any page", "page", Wish::silent);
  if (fault.alert.empty()) silence("any", "", Wish::none);
  return rows;
}

std::chrono::seconds settles_after(const FaultPeriod& fault, const std::vector<AlertRule>& rules) {
  const bool named = !fault.alert.empty() && fault.alert != kNoPage;
  std::chrono::seconds longest{0};
  for (const auto& rule : rules) {
    const bool counts = named ? rule.name == rule_name(fault.alert)
                              : rule.severity == "page" && rule.settles <= kMostPatience;
    if (counts) longest = std::max(longest, rule.settles);
  }
  return longest;
}

}  // namespace pim::load
