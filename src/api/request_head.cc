#include "api/request_head.h"

#include <algorithm>

#include "api/ascii.h"
#include "api/problem.h"

namespace pim::api {
namespace {

using problems::kHeadersTooLarge;
using problems::kHttpVersion;
using problems::kMalformedRequest;

Refusal malformed(std::string_view detail) { return {&kMalformedRequest, detail}; }

// What the framing of the body and the host depend on; each may stand once.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
};

std::optional<Refusal> check_request_line(std::string_view line, bool& http10) {
  const auto method_end = line.find(' ');
  const auto target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end <= method_end) {
    return malformed("The request line must be a method, a target and a version.");
  }
  const auto method = line.substr(0, method_end);
  const auto target = line.substr(method_end + 1, target_end - method_end - 1);
  const auto version = line.substr(target_end + 1);
  if (!is_token(method)) return malformed("The method is not a token.");
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_visible)) {
    return malformed("The target has a character that must be percent-encoded.");
  }
  const bool shaped = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                      version[6] == '.' && is_digit(version[7]);
  if (!shaped) return malformed("The request line must end with an HTTP version.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refusal{&kHttpVersion, "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
  }
  http10 = version == "HTTP/1.0";
  return std::nullopt;
}

std::optional<Refusal> check_field(std::string_view line, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') {
    return malformed("A header line is folded.");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return malformed("A header line must be a name, directly followed by a colon, and a value.");
  }
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (equals_ignoring_case(name, "content-length")) {
    if (++framing.lengths > 1) return malformed("Content-Length is repeated.");
    if (value.empty() || value.size() > 18 || !std::all_of(value.begin(), value.end(), is_digit)) {
      return malformed("Content-Length must be one decimal number.");
    }
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    if (++framing.encodings > 1) return malformed("Transfer-Encoding is repeated.");
    if (!equals_ignoring_case(value, "chunked")) {
      return malformed("The only Transfer-Encoding accepted is chunked.");
    }
  } else if (equals_ignoring_case(name, "host")) {
    if (++framing.hosts > 1) return malformed("Host is repeated.");
    const auto allowed = [](char c) { return is_visible(c) && c != '/' && c != '@' && c != ','; };
    if (!std::all_of(value.begin(), value.end(), allowed)) return malformed("Host is not a host.");
  }
  return std::nullopt;
}

}  // namespace

std::size_t HeadScanner::scan(std::string_view bytes) {
  for (; seen_ < bytes.size() && !refusal_; ++seen_) {
    const char c = bytes[seen_];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) continue;
    // the byte after a CR decides on it, once it is there
    const bool after_cr = seen_ > 0 && bytes[seen_ - 1] == '\r';
    if (c == '\n' && !after_cr) {
      refusal_ = malformed("A line feed stands without a carriage return.");
    } else if (c == '\n') {
      if (seen_ == 1) refusal_ = malformed("The request starts with an empty line.");
      if (seen_ >= 3 && bytes[seen_ - 2] == '\n') return ++seen_;
    } else if (c != '\r' && c != '\t') {
      refusal_ = malformed("The head has a control character.");
    }
  }
  return 0;
}

std::optional<Refusal> check_head(std::string_view head) {
  Framing framing;
  bool http10 = false;
  std::size_t lines = 0;
  while (head.size() > 2) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    if (line.find('\r') != std::string_view::npos) {
      return malformed("A carriage return stands without a line feed.");
    }
    auto refusal = lines == 0 ? check_request_line(line, http10) : check_field(line, framing);
    if (refusal) return refusal;
    if (++lines > kMaxHeaders + 1) {
      return Refusal{&kHeadersTooLarge, "At most 100 header lines are read."};
    }
    head.remove_prefix(end + 2);
  }
  if (framing.encodings > 0 && framing.lengths > 0) {
    return malformed("Content-Length and Transfer-Encoding stand together.");
  }
  if (framing.encodings > 0 && http10) {
    return malformed("HTTP/1.0 has no Transfer-Encoding.");
  }
  if (framing.hosts == 0 && !http10) return malformed("HTTP/1.1 needs a Host.");
  return std::nullopt;
}

}  // namespace pim::api
