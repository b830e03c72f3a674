#include "api/router.h"

#include <algorithm>

namespace pim::api {

struct Router::Node {
  std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> children;
  std::unique_ptr<Node> any;  // a parameter
  const ParamInfo* param = nullptr;
  std::array<const Route*, 3> routes{};
  std::string allow;

  Node* child(std::string_view segment) const {
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&](const auto& each) { return each.first == segment; });
    return found == children.end() ? nullptr : found->second.get();
  }
};

Router::Router(std::span<const Route> table) : root_(std::make_unique<Node>()) {
  for (const Route& route : table) {
    Node* node = root_.get();
    std::string_view rest = route.path.substr(1);
    for (;;) {
      const auto slash = rest.find('/');
      const auto segment = rest.substr(0, slash);
      if (segment.starts_with('{')) {
        if (!node->any) node->any = std::make_unique<Node>();
        node->any->param = &path_param(segment.substr(1, segment.size() - 2));
        node = node->any.get();
      } else if (Node* next = node->child(segment)) {
        node = next;
      } else {
        node->children.emplace_back(segment, std::make_unique<Node>());
        node = node->children.back().second.get();
      }
      if (slash == std::string_view::npos) break;
      rest.remove_prefix(slash + 1);
    }
    node->routes[static_cast<std::size_t>(route.method)] = &route;
    if (!node->allow.empty()) node->allow += ", ";
    node->allow += to_string(route.method);
    if (route.method == Method::get) node->allow += ", HEAD";
  }
}

Router::~Router() = default;

Match Router::match(const std::vector<std::string>& segments, std::optional<Method> method) const {
  Match match;
  const Node* node = root_.get();
  for (const auto& segment : segments) {
    const Node* next = node->child(segment);
    if (next == nullptr && node->any && !segment.empty()) {
      next = node->any.get();
      match.values.push_back({next->param, segment});
    }
    if (next == nullptr) return {};
    node = next;
  }
  if (node->allow.empty()) return {};
  match.path_exists = true;
  match.allow = node->allow;
  if (method) match.route = node->routes[static_cast<std::size_t>(*method)];
  return match;
}

}  // namespace pim::api
