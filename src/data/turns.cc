#include "data/turns.h"

#include <algorithm>

#include "data/source_file.h"

namespace pim::data {

Turns Turns::read(const Mapping& mapping, const TurnRule& rule, const Header& header,
                  RowSource& rows) {
  Turns turns;
  std::unordered_map<std::string, std::uint32_t> had;  // by owner
  const auto cell = [&header](const CsvRow& row, const std::string& column) {
    return std::string(trimmed(row[header.index(column)].text));
  };
  CsvRow row;
  rows.rewind();
  while (true) {
    const auto read = rows.next(row);
    if (read.ok() && !*read) break;
    if (!read) continue;  // reported by its step
    const std::string owner = cell(row, rule.of);
    const auto before = had.find(owner);
    const std::uint32_t turn = before == had.end() ? 0 : before->second;
    if (turn > 0) turns.later_.emplace(cell(row, rule.key), turn);
    turns.count_ = std::max(turns.count_, turn + 1);
    if (mapping.fulfils(rule.when, cell(row, rule.when.column))) ++had[owner];
  }
  rows.rewind();
  return turns;
}

std::uint32_t Turns::of(const std::string& key) const {
  const auto found = later_.find(key);
  return found == later_.end() ? 0 : found->second;
}

}  // namespace pim::data
