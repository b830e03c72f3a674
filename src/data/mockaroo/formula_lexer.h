// A formula's text as tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"

namespace pim::data::mockaroo {

struct Token {
  enum class Kind { end, whole, decimal, text, regex, name, sign };
  // A piece of a double-quoted text: literal, or the source of a `#{...}`.
  struct Piece {
    bool code = false;
    std::string text;
    std::size_t at = 0;
  };
  Kind kind = Kind::end;
  std::size_t at = 0;  // byte of the source
  std::string text;    // a name, a sign, a regex's pattern
  std::int64_t whole = 0;
  double decimal = 0;
  std::vector<Piece> pieces;  // of a text; none where it is empty
  bool ignore_case = false;   // of a regex
};

struct LexError {
  std::size_t at = 0;
  std::string message;
};

// Ends with an end token. `base` is added to all places.
Result<std::vector<Token>, LexError> lex_formula(std::string_view source, std::size_t base);

}  // namespace pim::data::mockaroo
