// What HTML and SVG of reports share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace pim::load::report {

// & < > " for texts and attributes.
std::string escape_markup(std::string_view text);

// A whole page round `body`, light or dark as its reader has it. No script, nothing from elsewhere.
// Its classes: `banner` with `good`, `bad` or `unsure`; cells `good`, `bad`, `unsure`, `number`;
// rows `head`; `wide` round tables that may scroll.
std::string html_page(std::string_view title, std::string_view body);

// A cell's `kind`: a class of html_page, or `code`.
struct Cell {
  std::string text;
  std::string_view kind;
};

class Table {
 public:
  explicit Table(std::initializer_list<std::string_view> heads);
  void row(std::initializer_list<Cell> cells);
  std::size_t rows() const { return rows_; }
  std::string str() const { return text_ + "</table></div>\n"; }

 private:
  std::string text_;
  std::size_t rows_ = 0;
};

// Digits after the point; "%g".
std::string fixed(double value, int digits);
std::string shortest(double value);
std::string grouped(std::uint64_t value);  // 1,234,567

}  // namespace pim::load::report
