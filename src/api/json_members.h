// JSON objects with each name at most once: a repeated name is how two readers come to disagree.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pim::api {

class JsonMembers {
 public:
  using Element = simdjson::dom::element;

  // nullopt: not an object, or a name is repeated.
  static std::optional<JsonMembers> of(Element element) {
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) return std::nullopt;
    JsonMembers members;
    for (const auto entry : object) {
      if (members.find(entry.key)) return std::nullopt;
      members.all_.emplace_back(entry.key, entry.value);
    }
    return members;
  }

  std::optional<Element> find(std::string_view name) const {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (found == all_.end()) return std::nullopt;
    return found->second;
  }
  std::optional<std::string_view> text(std::string_view name) const {
    const auto element = find(name);
    std::string_view value;
    if (!element || element->get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
  }
  const std::vector<std::pair<std::string_view, Element>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string_view, Element>> all_;
};

}  // namespace pim::api
