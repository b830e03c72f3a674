#include "data/privacy/cell_check.h"

#include <algorithm>
#include <charconv>

#include "data/date_format.h"
#include "data/privacy/shapes.h"

namespace pim::data::privacy {
namespace {

bool is_digits_only(std::string_view text) { return std::ranges::all_of(text, is_number); }

// Two words or more: "see chart", not "10:15 AM".
bool is_prose(std::string_view text) {
  std::size_t words = 0;
  std::size_t letters = 0;
  for (const char c : text) {
    letters = is_letter(c) ? letters + 1 : 0;
    if (letters == 2) ++words;
  }
  return words >= 2 && text.find_first_of(" \t\n") != std::string_view::npos;
}

// What digits of the wrong kind are, where that can be said.
std::optional<Rule> rule_for_digits(const Column& column, std::string_view digits) {
  if (column.name == "zip3" && digits.size() > 3) return Rule::zip;
  if (column.name == "zip3" && digits.size() == 3) return Rule::zip3_sparse;
  if (column.name != "npi" || digits.size() != 10) return std::nullopt;
  return digits.front() == '9' ? Rule::npi_check_digit : Rule::npi_real;
}

}  // namespace

void Cells::begin(const Table& table) {
  table_ = &table;
  texts_.fill({});
  in_file_ = 0;
  written_ = 0;
}

std::size_t Cells::index(std::string_view column) const {
  for (std::size_t i = 0; i < table_->columns.size(); ++i) {
    if (table_->columns[i].name == column) return i;
  }
  return kMostColumns - 1;  // of no table: never set
}

std::optional<Uuid> Cells::id(std::string_view column) const { return Uuid::parse(text(column)); }

std::optional<UtcMillis> Cells::time(std::string_view column) const {
  const auto written = text(column);
  if (written.empty()) return std::nullopt;
  return parse_date("YYYY-MM-DDTHH:mm:ssZ", written);
}

std::optional<std::int64_t> Cells::integer(std::string_view column) const {
  const auto written = text(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (written.empty() || error != std::errc{}) return std::nullopt;
  return value;
}

void CellCheck::begin(const std::string& file, const Table* table,
                      const std::vector<std::string>& columns) {
  file_ = file;
  table_ = table;
  columns_.assign(columns.size(), nullptr);
  if (table == nullptr) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns_[i] = table->find(columns[i]);
    report_.looked_at(Rule::column_unknown);
    if (columns_[i] != nullptr) continue;
    // not by its name: where the header is missing, that is the first row's value
    report_.add(Rule::column_unknown, file, {1, 1}, "number " + std::to_string(i + 1));
  }
  for (const auto& column : table->columns) {
    report_.looked_at(Rule::column_missing);
    if (std::ranges::find(columns, column.name) == columns.end()) {
      report_.add(Rule::column_missing, file, {1, 1}, column.name);
    }
  }
}

void CellCheck::check(const CsvRow& row, Cells& cells) {
  if (table_ != nullptr) cells.begin(*table_);
  for (std::size_t i = 0; i < row.size() && i < columns_.size(); ++i) {
    const Column* column = columns_[i];
    if (column == nullptr) {
      texts_.check(row[i].text, TextRules::all(), file_, row[i].place, {});
    } else {
      check_cell(*column, static_cast<std::size_t>(column - table_->columns.data()), row[i], cells);
    }
  }
}

void CellCheck::check_cell(const Column& column, std::size_t index, const CsvField& field,
                           Cells& cells) {
  const std::string_view text = field.text;
  cells.place(index, field.place, !text.empty());
  report_.looked_at(Rule::cell_missing);
  if (text.empty()) {
    if (column.required) report_.add(Rule::cell_missing, file_, field.place, column.name);
    return;
  }
  report_.looked_at(Rule::cell_form);
  report_.looked_at(Rule::free_text);
  if (column.name == "zip3") report_.looked_at(Rule::zip3_sparse);
  if (column.name == "npi") {
    report_.looked_at(Rule::npi_real);
    report_.looked_at(Rule::npi_check_digit);
  }
  const bool digits = is_digits_only(text);
  if (column.valid(text)) {
    cells.set(index, text);
    texts_.check(text, digits ? kRulesForNumbers : TextRules::all(), file_, field.place,
                 column.name);
    return;
  }
  if (const auto rule = digits ? rule_for_digits(column, text) : std::nullopt) {
    report_.add(*rule, file_, field.place, column.name);
    return;
  }
  if (texts_.check(text, TextRules::all(), file_, field.place, column.name)) return;
  report_.add(is_prose(text) ? Rule::free_text : Rule::cell_form, file_, field.place, column.name);
}

}  // namespace pim::data::privacy
