#include "promql.h"

#include <algorithm>
#include <array>

namespace pim::stack {
namespace {

constexpr auto kKeywords = std::to_array<std::string_view>(
    {"and", "or", "unless", "bool", "offset", "inf", "nan", "Inf", "NaN"});
// Behind these stands a list of labels in parentheses.
constexpr auto kLabelLists = std::to_array<std::string_view>(
    {"by", "without", "on", "ignoring", "group_left", "group_right"});

bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Selector> selectors() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (begins_word(c)) {
        word();
      } else if (is_digit(c)) {
        number();
      } else if (c == '[' || c == '{' || c == '"' || c == '\'' || c == '`') {
        skip_group();
      } else {
        ++at_;
      }
    }
    return std::move(found_);
  }

 private:
  void word() {
    const auto begin = at_;
    while (at_ < text_.size() && (begins_word(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const auto name = text_.substr(begin, at_ - begin);
    const auto next = text_.find_first_not_of(" \t\n", at_);
    const char behind = next == text_.npos ? '\0' : text_[next];
    const auto rest = next == text_.npos ? std::string_view() : text_.substr(next);
    if (rest.starts_with("by (") || rest.starts_with("without (")) return;  // an aggregation
    if (std::ranges::find(kLabelLists, name) != kLabelLists.end()) {
      if (behind == '(') at_ = std::min(text_.find(')', next), text_.size());
      return;
    }
    if (std::ranges::find(kKeywords, name) != kKeywords.end() || behind == '(') return;
    if (behind == '{') {
      at_ = next;
      skip_group();
    }
    found_.push_back({std::string(name), std::string(text_.substr(begin, at_ - begin))});
  }

  // 14.4, 1e3, and what follows an `offset`: 5m.
  void number() {
    while (at_ < text_.size() &&
           (is_digit(text_[at_]) || begins_word(text_[at_]) || text_[at_] == '.')) {
      ++at_;
    }
  }

  // Braces, brackets or a quoted text, with the texts that are in them.
  void skip_group() {
    const char open = text_[at_++];
    const char close = open == '{' ? '}' : open == '[' ? ']' : open;
    while (at_ < text_.size() && text_[at_] != close) {
      if (text_[at_] == '\\') ++at_;
      if (open == '{' && at_ < text_.size() && text_[at_] == '"') {
        skip_group();
      } else {
        ++at_;
      }
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Selector> found_;
};

}  // namespace

std::vector<Selector> selectors_of(std::string_view promql) { return Scanner(promql).selectors(); }

}  // namespace pim::stack
