#include "load/http_reply.h"

#include <algorithm>
#include <charconv>

namespace pim::load {
namespace {

constexpr std::string_view kCrlf = "\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_lower(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Where a chunked body that starts at `input` ends, or npos where it is not all there.
struct ChunkedEnd {
  bool malformed = false;
  std::size_t bytes = std::string_view::npos;
};

// Calls visit(content) for every chunk.
template <class Visit>
ChunkedEnd walk_chunks(std::string_view input, Visit&& visit) {
  std::size_t at = 0;
  std::size_t total = 0;
  for (;;) {
    const auto line_end = input.find(kCrlf, at);
    if (line_end == std::string_view::npos) {
      return {.malformed = input.size() - at > kMaxReplyHead};
    }
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(input.data() + at, input.data() + line_end, size, 16);
    const bool ends_well = end == input.data() + line_end || *end == ';' || *end == ' ';
    if (error != std::errc{} || !ends_well || size > kMaxReplyBody - total) {
      return {.malformed = true};
    }
    at = line_end + kCrlf.size();
    if (size == 0) break;
    total += size;
    if (input.size() < at + size + kCrlf.size()) return {};
    if (input.substr(at + size, kCrlf.size()) != kCrlf) return {.malformed = true};
    visit(input.substr(at, size));
    at += size + kCrlf.size();
  }
  // Trailer lines, up to the empty one.
  for (;;) {
    const auto line_end = input.find(kCrlf, at);
    if (line_end == std::string_view::npos) return {};
    const bool last = line_end == at;
    at = line_end + kCrlf.size();
    if (last) return {.bytes = at};
  }
}

// The three digits of `HTTP/1.1 200 OK`; 0 where it is no such line.
int status_of(std::string_view head) {
  if (head.size() < 12 || head.substr(0, 7) != "HTTP/1." || head[8] != ' ') return 0;
  int status = 0;
  const auto [end, error] = std::from_chars(head.data() + 9, head.data() + 12, status);
  return error == std::errc{} && end == head.data() + 12 && status >= 100 ? status : 0;
}

ReplyScan malformed() {
  ReplyScan scan;
  scan.state = ReplyScan::State::malformed;
  return scan;
}

}  // namespace

std::string_view find_header(std::string_view head, std::string_view lower_case_name) {
  std::size_t at = head.find(kCrlf);
  while (at != std::string_view::npos && at + kCrlf.size() < head.size()) {
    at += kCrlf.size();
    const auto line_end = std::min(head.find(kCrlf, at), head.size());
    const auto line = head.substr(at, line_end - at);
    if (line.size() > lower_case_name.size() && line[lower_case_name.size()] == ':' &&
        equals_lower(line.substr(0, lower_case_name.size()), lower_case_name)) {
      return trim(line.substr(lower_case_name.size() + 1));
    }
    at = line_end;
  }
  return {};
}

ReplyScan scan_reply(std::string_view input, bool to_head, bool ended) {
  ReplyScan scan;
  std::size_t start = 0;
  for (;;) {
    const auto end = input.find("\r\n\r\n", start);
    if (end == std::string_view::npos) {
      return input.size() - start > kMaxReplyHead || ended ? malformed() : scan;
    }
    scan.head = input.substr(start, end + kCrlf.size() - start);
    scan.status = status_of(scan.head);
    if (scan.status == 0) return malformed();
    start = end + 2 * kCrlf.size();
    if (scan.status >= 200) break;
  }

  const auto connection = find_header(scan.head, "connection");
  const bool http_1_0 = scan.head[7] == '0';
  scan.keep_alive = !http_1_0 && !equals_lower(connection, "close");
  const auto rest = input.substr(start);
  std::size_t body_bytes = 0;

  if (to_head || scan.status == 204 || scan.status == 304) {
    body_bytes = 0;
  } else if (equals_lower(find_header(scan.head, "transfer-encoding"), "chunked")) {
    const auto found = walk_chunks(rest, [](std::string_view) {});
    if (found.malformed) return malformed();
    if (found.bytes == std::string_view::npos) return ended ? malformed() : scan;
    body_bytes = found.bytes;
    scan.chunked = true;
  } else if (const auto length = find_header(scan.head, "content-length"); !length.empty()) {
    const auto [end, error] =
        std::from_chars(length.data(), length.data() + length.size(), body_bytes);
    if (error != std::errc{} || end != length.data() + length.size() ||
        body_bytes > kMaxReplyBody) {
      return malformed();
    }
    if (rest.size() < body_bytes) return ended ? malformed() : scan;
  } else {
    // No length: the body ends with the connection.
    if (rest.size() > kMaxReplyBody) return malformed();
    if (!ended) return scan;
    body_bytes = rest.size();
    scan.keep_alive = false;
  }
  scan.state = ReplyScan::State::complete;
  scan.body = rest.substr(0, body_bytes);
  scan.bytes = start + body_bytes;
  return scan;
}

std::string unchunk(std::string_view body) {
  std::string content;
  walk_chunks(body, [&content](std::string_view chunk) { content += chunk; });
  return content;
}

}  // namespace pim::load
