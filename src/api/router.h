// Finds the route of a path and a method: a trie of path segments, built once from the table.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes.h"

namespace pim::api {

// A path parameter's value, as it stands in the target's segments.
struct PathValue {
  const ParamInfo* param;
  std::string_view value;
};

struct Match {
  const Route* route = nullptr;  // null: no such path, or not with this method
  bool path_exists = false;
  std::string_view allow;         // of an existing path: the value for the header Allow
  std::vector<PathValue> values;  // in the order of the path
};

// Immutable once built: any thread may ask it.
class Router {
 public:
  explicit Router(std::span<const Route> table);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // nullopt as method: one that no route has.
  Match match(const std::vector<std::string>& segments, std::optional<Method> method) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace pim::api
