#include "data/mockaroo/dataset.h"

#include <algorithm>

#include "data/csv.h"

namespace pim::data::mockaroo {
namespace {

std::string joined_key(const std::vector<std::string>& texts) {
  std::string key;
  for (const auto& text : texts) key += std::to_string(text.size()) + ":" + text;
  return key;
}

std::string place_text(Place place) {
  return "line " + std::to_string(place.line) + ", column " + std::to_string(place.column) + ": ";
}

}  // namespace

Result<Dataset, std::string> Dataset::read_csv(std::istream& in) {
  CsvReader reader(in, ',');
  CsvRow row;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  while (true) {
    const auto more = reader.next(row);
    if (!more) return Err{place_text(more.error().place) + more.error().message};
    if (!*more) break;
    std::vector<std::string> texts;
    for (auto& field : row) texts.push_back(std::move(field.text));
    if (columns.empty()) {
      columns = std::move(texts);
    } else if (texts.size() != columns.size()) {
      return Err{place_text(row.front().place) + "has " + std::to_string(texts.size()) +
                 " values, the header " + std::to_string(columns.size())};
    } else {
      rows.push_back(std::move(texts));
    }
  }
  if (columns.empty()) return Err{std::string("it is empty: its first line must name the columns")};
  return Dataset(std::move(columns), std::move(rows));
}

std::optional<std::size_t> Dataset::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

std::optional<std::size_t> Dataset::find(const std::vector<std::size_t>& columns,
                                         const std::vector<std::string>& texts) const {
  auto [index, fresh] = indexes_.try_emplace(columns);
  if (fresh) {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      std::vector<std::string> key;
      key.reserve(columns.size());
      for (const auto column : columns) key.push_back(rows_[row][column]);
      index->second.try_emplace(joined_key(key), row);
    }
  }
  const auto found = index->second.find(joined_key(texts));
  if (found == index->second.end()) return std::nullopt;
  return found->second;
}

void Datasets::add(const std::string& name, Dataset dataset) {
  sets_.insert_or_assign(name, std::make_unique<Dataset>(std::move(dataset)));
}

const Dataset* Datasets::find(std::string_view name) const {
  const auto found = sets_.find(name);
  return found == sets_.end() ? nullptr : found->second.get();
}

const std::vector<std::string>* Datasets::columns(std::string_view dataset) const {
  const auto* found = find(dataset);
  return found == nullptr ? nullptr : &found->columns();
}

}  // namespace pim::data::mockaroo
