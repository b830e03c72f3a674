#include "data/mockaroo/regex.h"

#include <algorithm>
#include <array>
#include <functional>

namespace pim::data::mockaroo {
namespace {

using Set = std::bitset<256>;

constexpr std::uint32_t kUnbounded = 0xFFFFFFFF;
constexpr std::uint32_t kMaxRepeat = 1000;
constexpr std::uint32_t kExtraRepeats = 10;
constexpr std::size_t kMaxRegexDepth = 20;
constexpr std::size_t kMaxRegexNodes = 500;
constexpr std::size_t kMaxGenerated = 4096;
constexpr int kMaxSteps = 200'000;
constexpr int kMaxMatchDepth = 400;

Set range(int from, int to) {
  Set set;
  for (int c = from; c <= to; ++c) set.set(static_cast<std::size_t>(c));
  return set;
}
Set digits() { return range('0', '9'); }
Set uppers() { return range('A', 'Z'); }
Set lowers() { return range('a', 'z'); }
Set words() { return digits() | uppers() | lowers() | range('_', '_'); }
Set spaces() { return range('\t', '\r') | range(' ', ' '); }
Set hexes() { return digits() | range('a', 'f') | range('A', 'F'); }
Set printable() { return range(' ', '~'); }

std::optional<Set> escape_class(char c) {
  switch (c) {
    case 'd':
      return digits();
    case 'D':
      return ~digits();
    case 'w':
      return words();
    case 'W':
      return ~words();
    case 's':
      return spaces();
    case 'S':
      return ~spaces();
    case 'h':
      return hexes();
    case 'H':
      return ~hexes();
    default:
      return std::nullopt;
  }
}

char escaped_char(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    default:
      return c;
  }
}

struct PosixName {
  std::string_view name;
  Set (*set)();
};
constexpr auto kPosix = std::to_array<PosixName>({
    {"[:upper:]", uppers},
    {"[:lower:]", lowers},
    {"[:digit:]", digits},
    {"[:alpha:]", [] { return uppers() | lowers(); }},
    {"[:alnum:]", [] { return uppers() | lowers() | digits(); }},
    {"[:space:]", spaces},
    {"[:xdigit:]", hexes},
    {"[:punct:]", [] { return printable() & ~words() & ~range(' ', ' '); }},
    {"[:word:]", words},
});

void add_both_cases(Set& set) {
  for (int c = 'a'; c <= 'z'; ++c) {
    const auto lower = static_cast<std::size_t>(c);
    const auto upper = lower - 32;
    if (set[lower] || set[upper]) {
      set.set(lower);
      set.set(upper);
    }
  }
}

}  // namespace

class RegexParser {
 public:
  RegexParser(std::string_view pattern, bool ignore_case)
      : pattern_(pattern), ignore_case_(ignore_case) {}

  Result<Regex, RegexError> parse() {
    if (pattern_.size() > Regex::kMaxPattern) return fail("the pattern is too long");
    auto root = either(0);
    if (!root) return Err{root.error()};
    if (at_ < pattern_.size()) return fail("a ) without its (");
    Regex regex;
    regex.root_ = std::move(*root);
    regex.groups_ = groups_;
    return regex;
  }

 private:
  using Node = Regex::Node;
  using Kind = Regex::Kind;
  using Parsed = Result<Node, RegexError>;

  Err<RegexError> fail(std::string message) const {
    return Err{RegexError{at_, std::move(message)}};
  }
  bool more() const { return at_ < pattern_.size(); }
  bool take(std::string_view text) {
    if (!pattern_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  Parsed either(std::size_t depth) {
    if (depth > kMaxRegexDepth) return fail("the pattern is nested too deeply");
    Node node;
    node.kind = Kind::either;
    do {
      auto branch = sequence(depth);
      if (!branch) return branch;
      node.kids.push_back(std::move(*branch));
    } while (take("|"));
    if (node.kids.size() > 1) return node;
    Node only = std::move(node.kids.front());
    return only;
  }

  Parsed sequence(std::size_t depth) {
    Node node;
    while (more() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      auto item = atom(depth);
      if (!item) return item;
      if (++nodes_ > kMaxRegexNodes) return fail("the pattern has too many parts");
      auto repeated = repeat(std::move(*item));
      if (!repeated) return repeated;
      node.kids.push_back(std::move(*repeated));
    }
    return node;
  }

  Parsed repeat(Node item) {
    std::uint32_t min = 1;
    std::uint32_t max = 1;
    if (take("*")) {
      min = 0;
      max = kUnbounded;
    } else if (take("+")) {
      max = kUnbounded;
    } else if (take("?")) {
      min = 0;
    } else if (more() && pattern_[at_] == '{') {
      const auto start = at_++;
      const auto low = number();
      const bool comma = take(",");
      const auto high = number();
      if (!take("}") || (!low && !high)) {
        at_ = start;
        return fail("a repetition such as {2} or {1,3} was expected");
      }
      min = low.value_or(0);
      max = high ? *high : comma ? kUnbounded : min;
      if (min > kMaxRepeat || (max != kUnbounded && (max > kMaxRepeat || max < min))) {
        at_ = start;
        return fail("this repetition is too large, or ends before it begins");
      }
    } else {
      return item;
    }
    if (more() && (pattern_[at_] == '?' || pattern_[at_] == '+' || pattern_[at_] == '*')) {
      return fail("lazy and possessive repetitions are not known here");
    }
    Node node;
    node.kind = Kind::repeat;
    node.min = min;
    node.max = max;
    node.kids.push_back(std::move(item));
    return node;
  }

  std::optional<std::uint32_t> number() {
    std::uint32_t value = 0;
    const auto start = at_;
    while (more() && pattern_[at_] >= '0' && pattern_[at_] <= '9' && value <= kMaxRepeat) {
      value = value * 10 + static_cast<std::uint32_t>(pattern_[at_++] - '0');
    }
    if (at_ == start) return std::nullopt;
    return value;
  }

  Parsed atom(std::size_t depth) {
    for (const auto& posix : kPosix) {  // seen in published schemas, outside any brackets
      if (take(posix.name)) return of_set(posix.set());
    }
    const char c = pattern_[at_];
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        return brackets();
      case '.':
        ++at_;
        return of_set(~range('\n', '\n'));
      case '^':
        ++at_;
        return of_kind(Kind::start);
      case '$':
        ++at_;
        return of_kind(Kind::end);
      case '*':
      case '+':
      case '?':
        return fail("nothing stands before this repetition");
      case '\\':
        return escape();
      default:
        ++at_;
        return of_set(range(static_cast<unsigned char>(c), static_cast<unsigned char>(c)));
    }
  }

  static Parsed of_kind(Kind kind) {
    Node node;
    node.kind = kind;
    return node;
  }
  Parsed of_set(Set set) const {
    if (ignore_case_) add_both_cases(set);
    Node node;
    node.kind = Kind::set;
    node.set = set;
    return node;
  }

  Parsed escape() {
    if (at_ + 1 >= pattern_.size()) return fail("a backslash at the end");
    const char c = pattern_[at_ + 1];
    if (c >= '1' && c <= '9') return fail("references within a pattern are not known here");
    at_ += 2;
    if (c == 'A') return of_kind(Kind::start);
    if (c == 'z' || c == 'Z') return of_kind(Kind::end);
    if (c == 'b') return of_kind(Kind::boundary);
    if (const auto set = escape_class(c)) return of_set(*set);
    const auto byte = static_cast<unsigned char>(escaped_char(c));
    return of_set(range(byte, byte));
  }

  Parsed group(std::size_t depth) {
    ++at_;
    std::size_t number = 0;
    if (take("?")) {
      if (!take(":")) return fail("only (?:...) is known of the groups that begin with (?");
    } else {
      number = groups_++;
    }
    auto inner = either(depth + 1);
    if (!inner) return inner;
    if (!take(")")) return fail("a ( without its )");
    Node node;
    node.kind = Kind::group;
    node.number = number;
    node.kids.push_back(std::move(*inner));
    return node;
  }

  // Mockaroo has classes of its own, such as [:last_name:]: not the letters of their names.
  std::optional<RegexError> unknown_class() const {
    const auto rest = pattern_.substr(at_);
    if (!rest.starts_with("[:")) return {};
    const auto end = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz_^", 2);
    if (end == rest.npos || !rest.substr(end).starts_with(":]")) return {};
    return RegexError{at_, "'" + std::string(rest.substr(0, end + 2)) + "' is not known here"};
  }

  Parsed brackets() {
    if (auto unknown = unknown_class()) return Err{*unknown};
    const auto start = at_++;
    const bool negated = take("^");
    Set set;
    bool first = true;
    while (true) {
      if (!more()) {
        at_ = start;
        return fail("a [ without its ]");
      }
      if (!first && take("]")) break;
      first = false;
      if (auto problem = bracket_item(set)) return Err{*problem};
    }
    if (ignore_case_) add_both_cases(set);
    return of_set(negated ? ~set : set);
  }

  std::optional<RegexError> bracket_item(Set& set) {
    for (const auto& posix : kPosix) {
      if (take(posix.name)) {
        set |= posix.set();
        return {};
      }
    }
    if (auto unknown = unknown_class()) return unknown;
    if (pattern_[at_] == '\\' && at_ + 1 < pattern_.size()) {
      if (const auto known = escape_class(pattern_[at_ + 1])) {
        at_ += 2;
        set |= *known;
        return {};
      }
    }
    const int low = bracket_char();
    int high = low;
    if (at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']') {
      ++at_;
      high = bracket_char();
    }
    if (low > 127 || high > 127) return RegexError{at_, "brackets hold ASCII only here"};
    if (high < low) return RegexError{at_, "this range ends before it begins"};
    set |= range(low, high);
    return {};
  }
  int bracket_char() {
    char c = pattern_[at_++];
    if (c == '\\' && more()) c = escaped_char(pattern_[at_++]);
    return static_cast<unsigned char>(c);
  }

  std::string_view pattern_;
  bool ignore_case_;
  std::size_t at_ = 0;
  std::size_t groups_ = 1;
  std::size_t nodes_ = 0;
};

// Backtracking, with what is still to be matched as a continuation.
class RegexMatcher {
 public:
  RegexMatcher(std::string_view text, std::size_t groups) : text_(text) {
    match_.groups.assign(groups, {RegexMatch::kNone, RegexMatch::kNone});
  }

  bool at(const Regex::Node& root, std::size_t from) {
    const auto end = [&](std::size_t to) {
      match_.groups[0] = {from, to};
      return true;
    };
    return run(root, from, end);
  }
  bool gave_up() const { return gave_up_; }
  RegexMatch& match() { return match_; }

 private:
  using Kind = Regex::Kind;
  using Node = Regex::Node;
  using Next = std::function<bool(std::size_t)>;

  // Within bounds, or everything ends.
  bool spend() {
    gave_up_ = gave_up_ || ++steps_ > kMaxSteps || depth_ > kMaxMatchDepth;
    return !gave_up_;
  }

  bool run(const Node& node, std::size_t at, const Next& next) {
    ++depth_;
    const bool matched = spend() && step(node, at, next);
    --depth_;
    return matched && !gave_up_;
  }

  bool step(const Node& node, std::size_t at, const Next& next) {
    switch (node.kind) {
      case Kind::set:
        return holds(node, at) && next(at + 1);
      case Kind::sequence:
        return sequence(node, 0, at, next);
      case Kind::either:
        return std::ranges::any_of(node.kids, [&](const Node& kid) { return run(kid, at, next); });
      case Kind::repeat:
        return repeat(node, 0, at, next);
      case Kind::group:
        return group(node, at, next);
      case Kind::start:
        return (at == 0 || text_[at - 1] == '\n') && next(at);
      case Kind::end:
        return (at == text_.size() || text_[at] == '\n') && next(at);
      case Kind::boundary:
        return word(at) != (at > 0 && word(at - 1)) && next(at);
    }
    return false;
  }

  bool holds(const Node& set, std::size_t at) const {
    return at < text_.size() && set.set[static_cast<unsigned char>(text_[at])];
  }
  bool word(std::size_t at) const {
    return at < text_.size() && words()[static_cast<unsigned char>(text_[at])];
  }

  bool sequence(const Node& node, std::size_t index, std::size_t at, const Next& next) {
    if (index == node.kids.size()) return next(at);
    return run(node.kids[index], at,
               [&, index](std::size_t to) { return sequence(node, index + 1, to, next); });
  }

  bool repeat(const Node& node, std::uint32_t done, std::size_t at, const Next& next) {
    const Node& kid = node.kids.front();
    if (kid.kind == Kind::set) return repeat_set(node, kid, at, next);
    if (done < node.max) {
      const bool longer = run(kid, at, [&, done, at](std::size_t to) {
        if (to == at && done >= node.min) return false;  // an empty turn leads nowhere
        return repeat(node, done + 1, to, next);
      });
      if (longer) return true;
    }
    return done >= node.min && !gave_up_ && next(at);
  }

  // The common case, without a call for each character.
  bool repeat_set(const Node& node, const Node& kid, std::size_t at, const Next& next) {
    std::size_t count = 0;
    while (count < node.max && holds(kid, at + count)) ++count;
    for (;; --count) {
      if (count < node.min || !spend()) return false;
      if (next(at + count)) return true;
      if (count == 0) return false;
    }
  }

  bool group(const Node& node, std::size_t at, const Next& next) {
    if (node.number == 0) return run(node.kids.front(), at, next);
    const auto before = match_.groups[node.number];
    const bool matched = run(node.kids.front(), at, [&, at](std::size_t to) {
      const auto earlier = match_.groups[node.number];
      match_.groups[node.number] = {at, to};
      if (next(to)) return true;
      match_.groups[node.number] = earlier;
      return false;
    });
    if (!matched) match_.groups[node.number] = before;
    return matched;
  }

  std::string_view text_;
  RegexMatch match_;
  int steps_ = 0;
  int depth_ = 0;
  bool gave_up_ = false;
};

Result<Regex, RegexError> Regex::parse(std::string_view pattern, bool ignore_case) {
  return RegexParser(pattern, ignore_case).parse();
}

Result<std::optional<RegexMatch>, std::string> Regex::search(std::string_view text,
                                                             std::size_t from) const {
  if (text.size() > kMaxText) return Err{std::string("the text is too long to be searched")};
  RegexMatcher matcher(text, groups_);
  for (std::size_t at = from; at <= text.size(); ++at) {
    if (matcher.at(root_, at)) return std::optional(std::move(matcher.match()));
    if (matcher.gave_up()) return Err{std::string("the pattern takes too many steps")};
  }
  return std::optional<RegexMatch>{};
}

std::string Regex::generate(Draw& draw) const {
  std::string out;
  std::size_t budget = kMaxGenerated;
  generate(root_, draw, budget, out);
  return out;
}

void Regex::generate(const Node& node, Draw& draw, std::size_t& budget, std::string& out) {
  if (budget == 0) return;
  --budget;
  switch (node.kind) {
    case Kind::set: {
      const Set shown = node.set & printable();
      const Set& from = shown.any() ? shown : node.set;
      if (from.none()) return;
      auto nth = draw.below(from.count());
      std::size_t c = 0;
      while (!from[c] || nth-- > 0) ++c;
      out.push_back(static_cast<char>(c));
      return;
    }
    case Kind::either:
      generate(node.kids[draw.below(node.kids.size())], draw, budget, out);
      return;
    case Kind::repeat: {
      const auto most = node.max == kUnbounded ? node.min + kExtraRepeats : node.max;
      const auto times = draw.between(node.min, most);
      for (std::int64_t i = 0; i < times && budget > 0; ++i) {
        generate(node.kids.front(), draw, budget, out);
      }
      return;
    }
    case Kind::sequence:
    case Kind::group:
      for (const auto& kid : node.kids) generate(kid, draw, budget, out);
      return;
    case Kind::start:
    case Kind::end:
    case Kind::boundary:
      return;
  }
}

}  // namespace pim::data::mockaroo
