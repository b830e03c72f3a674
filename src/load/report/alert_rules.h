// The alerts that a ruler has, and how long after a fault each may still fire because of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"

namespace pim::load {

struct AlertRule {
  std::string name;
  std::string severity;
  std::chrono::seconds settles{0};  // from a fault's end until it shows in no alert that is new
};

// Asks Mimir (or Prometheus below `/prometheus`) at host:port.
Result<std::vector<AlertRule>, std::string> alert_rules(const std::string& host,
                                                        std::uint16_t port);

// Of the answer to that question.
Result<std::vector<AlertRule>, std::string> read_alert_rules(std::string_view answer);

// The shortest duration in an expression, be it a range (`[5m]`) or in the name of what a rule
// recorded (`ratio_20s`); 0: there is none.
std::chrono::seconds shortest_window(std::string_view expression);

}  // namespace pim::load
