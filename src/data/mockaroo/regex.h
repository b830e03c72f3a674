// Regular expressions as Mockaroo's Regular Expression column and Ruby's sub and gsub use them:
// a text can be matched by one, and made from one. Bytes; no look-around, no lazy repetition, no
// references within a pattern. Everything is bounded: sizes, depth, and the steps of a match.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/mockaroo/draw.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

struct RegexError {
  std::size_t at = 0;  // byte of the pattern, from 0
  std::string message;
};

// What matched, and its groups; npos where a group took no part.
struct RegexMatch {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::pair<std::size_t, std::size_t>> groups;  // [0] is the whole: from, to
};

class Regex {
 public:
  static constexpr std::size_t kMaxPattern = 1000;
  static constexpr std::size_t kMaxText = 1000;

  static Result<Regex, RegexError> parse(std::string_view pattern, bool ignore_case = false);

  // The first match at or after `from`. The error says that it was given up.
  Result<std::optional<RegexMatch>, std::string> search(std::string_view text,
                                                        std::size_t from) const;
  // A text that the whole pattern matches. An unbounded repetition is made at most 10 times more
  // than it must be.
  std::string generate(Draw& draw) const;

 private:
  friend class RegexParser;
  friend class RegexMatcher;
  enum class Kind { set, sequence, either, repeat, group, start, end, boundary };
  struct Node {
    Kind kind = Kind::sequence;
    std::bitset<256> set;
    std::vector<Node> kids;
    std::uint32_t min = 0;
    std::uint32_t max = 0;
    std::size_t number = 0;  // of a group that captures; 0 where it does not
  };
  // `budget` counts down: nested repetitions of nothing must end, too.
  static void generate(const Node& node, Draw& draw, std::size_t& budget, std::string& out);

  Node root_;
  std::size_t groups_ = 1;
};

}  // namespace pim::data::mockaroo
