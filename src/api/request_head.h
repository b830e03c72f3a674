// The strict look at a request's head before the parser sees it: everything that two HTTP
// implementations could read differently is refused, because that is how requests are smuggled.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pim::api {

struct ProblemInfo;

// A refused request: which problem, and what exactly was wrong with it.
struct Refusal {
  const ProblemInfo* problem;
  std::string_view detail;  // static storage
};

inline constexpr std::size_t kMaxHeaders = 100;

// Finds the end of a head in bytes that arrive in pieces, and refuses a line feed without its
// carriage return and control characters as soon as they are seen.
class HeadScanner {
 public:
  // `bytes` is everything received so far; each call looks only at what is new.
  // The size of the head with its empty line; 0 while it is not complete.
  std::size_t scan(std::string_view bytes);
  const std::optional<Refusal>& refusal() const { return refusal_; }
  void reset() { *this = HeadScanner(); }

 private:
  std::size_t seen_ = 0;
  std::optional<Refusal> refusal_;
};

// `head` ends with the empty line, and a HeadScanner has accepted its bytes.
std::optional<Refusal> check_head(std::string_view head);

}  // namespace pim::api
