#include "load/run/reply_head.h"

#include <algorithm>
#include <charconv>

#include "load/prepared_command.h"
#include "load/run/retry_policy.h"

namespace pim::load {
namespace {

bool is_header(std::string_view name, std::string_view lower_case) {
  return std::ranges::equal(name, lower_case, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

ReplyHead read_head(std::string_view head) {
  ReplyHead found;
  std::size_t at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    at += 2;
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string_view line = head.substr(at, end - at);
    at = end;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (is_header(name, "etag")) {
      found.version = version_of_etag(value);
    } else if (is_header(name, "pim-position")) {
      found.position = value;
    } else if (is_header(name, "pim-shard")) {
      std::uint16_t shard = 0;
      const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), shard);
      if (error == std::errc{} && stop == value.data() + value.size()) found.shard = shard;
    } else if (is_header(name, "idempotency-replayed")) {
      found.replayed = value == "true";
    } else if (is_header(name, "retry-after")) {
      found.retry_after = parse_retry_after(value);
    }
  }
  return found;
}

}  // namespace pim::load
