// Where one HTTP/1.1 reply ends in a stream of bytes, and what its head says. Shared by the
// blocking and the many-connection client; the fast path (status and Content-Length) copies
// nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pim::load {

// Replies beyond these are malformed to us: a client of a broken server must not fill its memory.
inline constexpr std::size_t kMaxReplyHead = 64UL * 1024;
inline constexpr std::size_t kMaxReplyBody = 256UL * 1024 * 1024;

struct ReplyScan {
  enum class State {
    more,      // the reply is not complete yet
    complete,  // `bytes` of the input are this reply
    malformed,
  };
  State state = State::more;
  int status = 0;
  std::string_view head;  // status line and header lines, with the last CRLF
  std::string_view body;  // as it came: still chunked where `chunked`
  std::size_t bytes = 0;
  bool chunked = false;
  bool keep_alive = true;
};

// Scans from the start of `input`, which must begin with a status line. `to_head`: the reply is to
// a HEAD request and has no body. `ended`: the peer sent its last byte, which completes a reply
// without a length. Replies of status 1xx are stepped over: they are counted in `bytes` only.
ReplyScan scan_reply(std::string_view input, bool to_head, bool ended);

// The value of a header in a scanned head, without surrounding blanks; empty where it is not there.
// `lower_case_name` is compared without regard to case.
std::string_view find_header(std::string_view head, std::string_view lower_case_name);

// The content of a chunked body that scan_reply() has found complete.
std::string unchunk(std::string_view body);

}  // namespace pim::load
