#include "load/scenario/table_reader.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "load/scenario/units.h"

namespace pim::load {
namespace {

// On one line, and not all of it.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string shown(text.substr(0, kMost));
  std::ranges::replace_if(shown, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return "'" + shown + (text.size() > kMost ? "..." : "") + "'";
}

// What a value is, as a message calls it.
std::string shown(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return quoted(*text);
  if (const auto whole = node.value_exact<std::int64_t>()) return std::to_string(*whole);
  if (const auto number = node.value_exact<double>()) return show_number(*number);
  if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
  if (node.is_table()) return "a table";
  if (node.is_array()) return "a list";
  return "a date or time";
}

// How many letters must be added, dropped, changed or swapped with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

void TomlProblems::add(const toml::node& where, std::string message) {
  add(where.source().begin, std::move(message));
}

void TomlProblems::add(const toml::source_position& where, std::string message) {
  problems_.push_back({where, std::move(message)});
}

std::vector<std::string> TomlProblems::messages(const std::string& name) const {
  auto sorted = problems_;
  std::ranges::stable_sort(sorted, {}, [](const Problem& problem) {
    return std::pair(problem.where.line, problem.where.column);
  });
  std::vector<std::string> messages;
  messages.reserve(sorted.size());
  for (const auto& [where, message] : sorted) {
    auto& text = messages.emplace_back(name + ":" + std::to_string(where.line) + ":");
    text.append(std::to_string(where.column)).append(": ").append(message);
  }
  return messages;
}

TableReader::TableReader(const toml::table& table, std::string path, TomlProblems& problems)
    : table_(table), path_(std::move(path)), problems_(problems) {}

const toml::node* TableReader::find(std::string_view key) {
  if (std::ranges::find(asked_, key) == asked_.end()) asked_.emplace_back(key);
  return table_.get(key);
}

const toml::table* TableReader::table(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) wrong(*node, key, "a table");
  return node->as_table();
}

const toml::array* TableReader::array(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array()) wrong(*node, key, "a list");
  return node->as_array();
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  auto value = node->value_exact<std::string>();
  if (!value) wrong(*node, key, "a text");
  return value;
}

std::optional<double> TableReader::number(std::string_view key, double min, double max) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = number_in(*node, min, max);
  if (!value) wrong(*node, key, "a number from " + show_number(min) + " to " + show_number(max));
  return value;
}

std::optional<std::uint64_t> TableReader::whole(std::string_view key, std::uint64_t min,
                                                std::uint64_t max) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (value && std::cmp_greater_equal(*value, min) && std::cmp_less_equal(*value, max)) {
    return static_cast<std::uint64_t>(*value);
  }
  wrong(*node, key, "an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<std::chrono::nanoseconds> TableReader::duration(std::string_view key,
                                                              std::chrono::nanoseconds min,
                                                              std::chrono::nanoseconds max) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto value = node->value_exact<std::string>()) {
    const auto parsed = parse_duration(*value);
    if (parsed && *parsed >= min && *parsed <= max) return parsed;
  }
  wrong(*node, key,
        "a time from " + show_duration(min) + " to " + show_duration(max) +
            " with its unit: us, ms, s, m or h, such as \"30s\"");
  return std::nullopt;
}

std::vector<double> TableReader::numbers(std::string_view key, double min, double max) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  std::vector<double> values;
  const auto* list = node->as_array();
  if (list != nullptr) {
    for (const auto& item : *list) {
      if (const auto value = number_in(item, min, max)) values.push_back(*value);
    }
  }
  if (list != nullptr && list->size() >= 2 && values.size() == list->size()) return values;
  wrong(*node, key,
        "a list of two or more numbers from " + show_number(min) + " to " + show_number(max));
  return {};
}

void TableReader::require(std::string_view key, std::string_view what) {
  if (find(key) == nullptr) problem(key, "is missing: " + std::string(what));
}

void TableReader::finish() {
  for (const auto& [key, node] : table_) {
    if (std::ranges::find(asked_, key.str()) != asked_.end()) continue;
    problems_.add(key.source().begin, "unknown key " + quoted(path_ + std::string(key.str())) +
                                          suggestion(key.str(), asked_));
  }
}

void TableReader::problem(std::string_view key, std::string_view predicate) {
  note(key, std::string(key) + " " + std::string(predicate));
}

void TableReader::note(std::string_view key, std::string_view sentence) {
  const auto* node = table_.get(key);
  problems_.add(node == nullptr ? table_ : *node, path_ + std::string(sentence));
}

void TableReader::wrong(const toml::node& node, std::string_view key, const std::string& wanted) {
  problems_.add(node, path_ + std::string(key) + " is " + shown(node) + " and must be " + wanted);
}

std::optional<double> number_in(const toml::node& node, double min, double max) {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  return value && *value >= min && *value <= max ? value : std::nullopt;
}

std::string suggestion(std::string_view given, std::span<const std::string> known) {
  const std::string* nearest = nullptr;
  // a third of the letters may be wrong
  std::size_t least = std::max<std::size_t>(given.size() / 3, 1) + 1;
  std::string all;
  for (const auto& each : known) {
    all += (all.empty() ? "" : ", ") + each;
    if (const auto off = distance(given, each); off < least) {
      least = off;
      nearest = &each;
    }
  }
  return nearest == nullptr ? "; known: " + all : "; did you mean '" + *nearest + "'?";
}

}  // namespace pim::load
