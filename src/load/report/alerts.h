// Which alerts a fault made fire, and how soon: asked of the ruler that evaluated them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"

namespace pim::load {

struct AlertFired {
  std::string name;
  std::string slo;          // empty: of no objective
  std::string view;         // who saw it, client or server; empty: of no objective
  std::string severity;     // page or ticket
  bool compressed = false;  // of the rules for runs of minutes
  bool before = false;      // it fired already when the period began: not because of it
  double seconds = 0;       // from the period's begin until it fired

  // "PimBudgetBurnsFast of availability"; of no objective: its name.
  std::string label() const { return slo.empty() ? name : name + " of " + slo; }
};

using AlertTime = std::chrono::system_clock::time_point;

// Asks Mimir (or Prometheus below `/prometheus`) at host:port for what fired in [from, to], soonest
// first; to the second. What is for nobody (severity none: the watchdog) is left out.
Result<std::vector<AlertFired>, std::string> alerts_fired(const std::string& host,
                                                          std::uint16_t port, AlertTime from,
                                                          AlertTime to);

// Of the answer to that query.
Result<std::vector<AlertFired>, std::string> read_alerts(std::string_view answer, AlertTime from);

}  // namespace pim::load
