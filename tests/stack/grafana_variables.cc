#include "grafana_variables.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace pim::grafana {
namespace {

constexpr std::array<std::string_view, 7> kFilledLater{
    "__rate_interval", "__interval", "__interval_ms", "__range", "__from", "__to", "__timeFilter"};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// `.a`, `["a"]` and `[1]` one after the other.
std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  while (!path.empty()) {
    if (path.front() == '[') {
      const auto end = path.find(']');
      auto step = path.substr(1, end == path.npos ? path.npos : end - 1);
      if (step.size() >= 2 && (step.front() == '"' || step.front() == '\'')) {
        step = step.substr(1, step.size() - 2);
      }
      steps.emplace_back(step);
      path.remove_prefix(end == path.npos ? path.size() : end + 1);
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const auto end = std::min(path.find_first_of(".["), path.size());
      steps.emplace_back(path.substr(0, end));
      path.remove_prefix(end);
    }
  }
  return steps;
}

std::optional<std::string> text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("text")) return text_of(value["text"]);
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

std::optional<std::string> find(const Scope& scope, const std::string& name,
                                std::string_view path) {
  if (!scope.contains(name)) return std::nullopt;
  const Json* at = &scope[name];
  for (const auto& step : steps_of(path)) {
    if (!at->is_object() || !at->contains(step)) return std::nullopt;
    at = &(*at)[step];
  }
  return text_of(*at);
}

}  // namespace

std::string interpolate(std::string_view text, const Scope& scope,
                        std::vector<std::string>& missing) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const bool braced = text.substr(i).starts_with("${");
    const auto from = i + (braced ? 2 : 1);
    auto to = from;
    if (text[i] == '$') {
      while (to < text.size() && is_word(text[to])) ++to;
    }
    auto end = to;
    if (braced) end = text.find('}', to);
    if (text[i] != '$' || to == from || end == text.npos) {
      out += text[i++];
      continue;
    }
    const std::string name(text.substr(from, to - from));
    std::string_view path;
    if (braced) path = text.substr(to, end - to);
    path = path.substr(0, path.find(':'));
    const auto whole = text.substr(i, end + (braced ? 1 : 0) - i);
    if (const auto value = find(scope, name, path)) {
      out += *value;
    } else {
      if (std::ranges::find(kFilledLater, name) == kFilledLater.end()) missing.emplace_back(whole);
      out += whole;
    }
    i += whole.size();
  }
  return out;
}

Json interpolate_query(const Json& query, const Scope& scope, std::vector<std::string>& missing) {
  if (query.is_string()) return interpolate(query.get_ref<const std::string&>(), scope, missing);
  Json out = query;
  if (query.is_structured()) {
    for (auto& value : out) value = interpolate_query(value, scope, missing);
  }
  return out;
}

}  // namespace pim::grafana
