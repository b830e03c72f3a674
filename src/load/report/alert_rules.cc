#include "load/report/alert_rules.h"

#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "load/report/ruler.h"

namespace pim::load {
namespace {

using std::chrono::seconds;

constexpr seconds kDelivery{15};  // until a sample is scraped, sent, stored and seen

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::optional<seconds> unit_of(char c) {
  using namespace std::chrono_literals;
  switch (c) {
    case 's':
      return 1s;
    case 'm':
      return 1min;
    case 'h':
      return 1h;
    case 'd':
      return 24h;
    default:
      return std::nullopt;
  }
}

// Its condition holds for as long as its shortest window still has the fault in it, which may
// itself hold rates over as much again; then it is evaluated once more. `for` only delays what the
// condition must outlast.
seconds settles(std::string_view expression, double interval) {
  return 2 * shortest_window(expression) + seconds(std::llround(std::ceil(2 * interval))) +
         kDelivery;
}

}  // namespace

seconds shortest_window(std::string_view expression) {
  seconds shortest{0};
  const char* const end = expression.data() + expression.size();
  for (const char* at = expression.data(); at != end;) {
    if (std::isdigit(static_cast<unsigned char>(*at)) == 0) {
      ++at;
      continue;
    }
    std::int64_t count = 0;
    at = std::from_chars(at, end, count).ptr;
    const auto unit = at == end ? std::nullopt : unit_of(*at);
    if (!unit || (at + 1 != end && is_word(at[1]))) continue;
    const auto window = count * *unit;
    if (shortest == seconds(0) || window < shortest) shortest = window;
  }
  return shortest;
}

Result<std::vector<AlertRule>, std::string> read_alert_rules(std::string_view answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array groups;
  if (parser.parse(answer.data(), answer.size()).get(root) != simdjson::SUCCESS ||
      root["data"]["groups"].get(groups) != simdjson::SUCCESS) {
    return Err{"no rules of a ruler: " + std::string(answer.substr(0, 200))};
  }
  std::vector<AlertRule> found;
  for (const auto group : groups) {
    double interval = 0;
    simdjson::dom::array rules;
    if (group["interval"].get(interval) != simdjson::SUCCESS ||
        group["rules"].get(rules) != simdjson::SUCCESS) {
      return Err{std::string("a group without interval or rules in the ruler's answer")};
    }
    for (const auto rule : rules) {
      std::string_view type;
      std::string_view name;
      std::string_view query;
      std::string_view severity;
      if (rule["type"].get(type) == simdjson::SUCCESS && type != "alerting") continue;
      if (rule["name"].get(name) != simdjson::SUCCESS ||
          rule["query"].get(query) != simdjson::SUCCESS) {
        return Err{std::string("a rule without name or query in the ruler's answer")};
      }
      if (rule["labels"]["severity"].get(severity) != simdjson::SUCCESS) severity = {};
      found.push_back({std::string(name), std::string(severity), settles(query, interval)});
    }
  }
  return found;
}

Result<std::vector<AlertRule>, std::string> alert_rules(const std::string& host,
                                                        std::uint16_t port) {
  const auto answer = ask_ruler(host, port, "/prometheus/api/v1/rules?type=alert");
  if (!answer) return Err{answer.error()};
  return read_alert_rules(*answer);
}

}  // namespace pim::load
