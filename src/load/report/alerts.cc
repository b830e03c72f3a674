#include "load/report/alerts.h"

#include <simdjson.h>

#include <algorithm>

#include "load/report/ruler.h"

namespace pim::load {
namespace {

constexpr double kRounding = 0.001;  // a ruler counts in milliseconds

double unix_seconds_of(AlertTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

std::string label_of(simdjson::dom::element series, std::string_view name) {
  std::string_view value;
  if (series["metric"][name].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

}  // namespace

Result<std::vector<AlertFired>, std::string> read_alerts(std::string_view answer, AlertTime from) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array series;
  if (parser.parse(answer.data(), answer.size()).get(root) != simdjson::SUCCESS ||
      root["data"]["result"].get(series) != simdjson::SUCCESS) {
    return Err{"no answer of a ruler: " + std::string(answer.substr(0, 200))};
  }
  std::vector<AlertFired> alerts;
  for (const auto each : series) {
    double time = 0;  // the first at which it fired
    if (each["values"].at(0).at(0).get(time) != simdjson::SUCCESS) {
      return Err{"a series without values in the ruler's answer: " + label_of(each, "alertname")};
    }
    AlertFired alert{.name = label_of(each, "alertname"),
                     .slo = label_of(each, "slo"),
                     .view = label_of(each, "view"),
                     .severity = label_of(each, "severity"),
                     .compressed = !label_of(each, "compressed").empty()};
    const double after = time - unix_seconds_of(from);
    alert.before = after <= kRounding;
    alert.seconds = std::max(after, 0.0);
    alerts.push_back(std::move(alert));
  }
  std::ranges::stable_sort(alerts, {}, &AlertFired::seconds);
  return alerts;
}

Result<std::vector<AlertFired>, std::string> alerts_fired(const std::string& host,
                                                          std::uint16_t port, AlertTime from,
                                                          AlertTime to) {
  // The first step is the begin itself: what fires there fired before.
  const auto answer = ask_ruler(host, port,
                                "/prometheus/api/v1/query_range?step=1&query="
                                "ALERTS%7Balertstate%3D%22firing%22%2Cseverity%21%3D%22none%22%7D"
                                "&start=" +
                                    std::to_string(unix_seconds_of(from)) +
                                    "&end=" + std::to_string(unix_seconds_of(to)));
  if (!answer) return Err{answer.error()};
  return read_alerts(*answer, from);
}

}  // namespace pim::load
