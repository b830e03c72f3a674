// `http://host:port`, as options take it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pim::cli {

struct Url {
  std::string host;
  std::uint16_t port = 0;
};

// nullopt for anything else: no path, no https (the lab's own client speaks plain HTTP on
// loopback).
std::optional<Url> parse_url(std::string_view text);

}  // namespace pim::cli
