// The request-target: path segments and query parameters, percent-decoded strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pim::api {

struct Target {
  std::string path;                                        // as sent, without authority and query
  std::vector<std::string> segments;                       // decoded: "/v1/x" is {"v1", "x"}
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
};

// Accepts the origin form and the absolute form (whose scheme and authority are dropped: the server
// is the same for all). nullopt for a bad escape, a decoded NUL or control character, bytes that
// are not UTF-8, a fragment, or another form. `+` stands for itself.
std::optional<Target> parse_target(std::string_view target);

}  // namespace pim::api
