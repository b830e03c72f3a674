// What functions and methods of formulas do to texts.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/mockaroo/formula_functions.h"
#include "data/mockaroo/value.h"

namespace pim::data::mockaroo {

// ASCII; other characters stay as they are.
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
std::string capitalized(std::string_view text);  // the first letter only, the rest in lower case
std::string titled(std::string_view text);       // of each word
std::string stripped(std::string_view text);
std::size_t characters(std::string_view text);

// `find`: a text or a regex. `with` may hold \1 and the like where it is a regex.
Computed replaced(const std::string& text, const Value& find, const std::string& with, bool all);
// `at`: a text or a regex.
Computed split_text(const std::string& text, const Value& at);
// To `width` characters with `fill`, on the left or on the right.
Computed padded_text(const std::string& text, std::int64_t width, const std::string& fill,
                     bool left);
// Ruby's format: %d %5d %05d %s %.2f %x %%.
Computed format_text(const std::string& format, std::span<const Value> values);

}  // namespace pim::data::mockaroo
