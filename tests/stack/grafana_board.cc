#include "grafana_board.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "grafana_variables.h"

namespace pim::grafana {
namespace {

constexpr std::int64_t kPoints = 1000;  // of a panel's width

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(code);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::int64_t milliseconds_of(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// A value within a regular expression within PromQL's quotes.
std::string in_regex(const std::string& value) {
  std::string out;
  for (const char c : value) {
    if (std::string_view("$^*{}[]'+?.()|").find(c) != std::string_view::npos) out += "\\\\";
    if (c == '\\') out += "\\\\\\";
    out += c;
  }
  return out;
}

std::string one_or_any(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : "|") + in_regex(value);
  return values.size() == 1 ? out : "(" + out + ")";
}

// `label_values(SELECTOR, LABEL)`
std::vector<std::string> ask(const std::string& definition, const LabelValues& values) {
  const auto open = definition.find('(');
  const auto comma = definition.rfind(',');
  const auto close = definition.rfind(')');
  if (open == definition.npos || comma == definition.npos || close == definition.npos) return {};
  auto label = definition.substr(comma + 1, close - comma - 1);
  label.erase(0, label.find_first_not_of(' '));
  return values(definition.substr(open + 1, comma - open - 1), label);
}

Scope variables_of(const Json& board, const BoardAddress& address, const LabelValues& values) {
  Scope scope = Json::object();
  for (const auto& variable : board.value("/templating/list"_json_pointer, Json::array())) {
    const std::string name = variable.value("name", "");
    const auto given = address.variables.find(name);
    if (given != address.variables.end()) {
      scope[name] = one_or_any(given->second);
    } else if (variable.contains("allValue") && variable["allValue"].is_string()) {
      scope[name] = variable["allValue"];
    } else {
      std::vector<std::string> missing;
      scope[name] =
          one_or_any(ask(interpolate(variable.value("definition", ""), scope, missing), values));
    }
  }
  return scope;
}

}  // namespace

std::optional<BoardAddress> parse_board_address(std::string_view address) {
  if (!address.starts_with("/d/")) return std::nullopt;
  address.remove_prefix(3);
  const auto question = address.find('?');
  BoardAddress board;
  board.uid = address.substr(0, std::min(address.find('/'), question));
  std::map<std::string, std::int64_t> times;
  auto rest = question == address.npos ? std::string_view() : address.substr(question + 1);
  while (!rest.empty()) {
    const auto one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const auto equals = std::min(one.find('='), one.size());
    const auto name = decoded(one.substr(0, equals));
    const auto value = equals == one.size() ? std::string() : decoded(one.substr(equals + 1));
    if (name.starts_with("var-")) {
      board.variables[name.substr(4)].push_back(value);
    } else {
      times[name] = milliseconds_of(value);
    }
  }
  if (times.contains("time") && times.contains("time.window")) {
    const auto half = times["time.window"] / 2;
    board.range = {times["time"] - half, times["time"] + half};
  } else if (times.contains("from") && times.contains("to")) {
    board.range = {times["from"], times["to"]};
  }
  return board;
}

std::string fill_intervals(const std::string& expr, TimeRange range,
                           std::int64_t scrape_interval_ms) {
  const auto interval = std::max((range.to_ms - range.from_ms) / kPoints, scrape_interval_ms);
  const auto rate = std::max(interval + scrape_interval_ms, 4 * scrape_interval_ms);
  const Scope scope = {{"__interval", std::to_string(interval) + "ms"},
                       {"__rate_interval", std::to_string(rate) + "ms"},
                       {"__range", std::to_string(range.to_ms - range.from_ms) + "ms"}};
  std::vector<std::string> missing;
  return interpolate(expr, scope, missing);
}

std::vector<QueryLink> board_queries(const Json& board, const BoardAddress& address,
                                     std::int64_t scrape_interval_ms, const LabelValues& values) {
  std::vector<QueryLink> queries;
  const auto scope = variables_of(board, address, values);
  for (const auto& panel : board.value("panels", Json::array())) {
    for (auto target : panel.value("targets", Json::array())) {
      const auto& source =
          target.contains("datasource") ? target["datasource"] : panel["datasource"];
      if (!source.is_object() || source.value("type", "") != "prometheus") continue;
      std::vector<std::string> missing;
      target["expr"] = fill_intervals(interpolate(target.value("expr", ""), scope, missing),
                                      address.range, scrape_interval_ms);
      queries.push_back(
          {panel.value("title", ""), source.value("uid", ""), std::move(target), address.range});
    }
  }
  return queries;
}

Json find_board(const std::string& directory, const std::string& uid) {
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, error)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path());
    auto board = Json::parse(in, nullptr, false);
    if (board.is_object() && board.value("uid", "") == uid) return board;
  }
  return nullptr;
}

}  // namespace pim::grafana
