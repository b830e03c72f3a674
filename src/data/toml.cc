#include "data/toml.h"

#include <optional>
#include <utility>

namespace pim::data {
namespace {

// Follows quotes and comments as TOML 1.0 has them, up to the first that is malformed: beyond it
// toml++ does not read either.
class TomlOutline {
 public:
  explicit TomlOutline(std::string_view text) : text_(text) {}

  std::optional<std::size_t> first_bare_beyond_ascii() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if ((static_cast<unsigned char>(c) & 0x80U) != 0) return at_;
      if (c == '#') {
        skip_comment();
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else {
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  bool stands_thrice(char quote) const {
    return text_.substr(at_).starts_with(std::string(3, quote));
  }

  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  void skip_string(char quote) {
    const bool several_lines = stands_thrice(quote);
    at_ += several_lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && quote == '"') {
        at_ += 2;
      } else if (c == quote && !several_lines) {
        ++at_;
        return;
      } else if (c == quote && stands_thrice(quote)) {
        at_ += 3;
        // up to two quotes may stand before the three that end it
        for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
        return;
      } else if (c == '\n' && !several_lines) {
        return;
      } else {
        ++at_;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Place place_in(std::string_view text, std::size_t at) {
  Place place;
  for (const char c : text.substr(0, at)) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++place.column;
    }
  }
  return place;
}

}  // namespace

Result<toml::table, TomlError> parse_toml(std::string_view text) {
  // A byte order mark may begin it.
  const std::size_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  if (const auto at = TomlOutline(text.substr(begin)).first_bare_beyond_ascii()) {
    return Err{TomlError{place_in(text.substr(begin), *at),
                         "a character beyond ASCII must stand in quotes, or in a comment"}};
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const auto& where = error.source().begin;
    return Err{TomlError{{where.line, where.column}, std::string(error.description())}};
  }
}

}  // namespace pim::data
