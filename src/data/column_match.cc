#include "data/column_match.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "data/folded_text.h"

namespace pim::data {
namespace {

std::string letters_of(std::string_view name) {
  std::string letters = fold(name);
  std::erase(letters, '_');
  return letters;
}

// Runs over the columns of a source that the mapping names. `mapping` const or not.
void for_each_column(auto& mapping, std::size_t source, const auto& visit) {
  if (mapping.turns && mapping.turns->source == source) {
    visit(mapping.turns->key, false);
    visit(mapping.turns->of, false);
    visit(mapping.turns->when.column, false);
  }
  for (auto& step : mapping.steps) {
    if (step.source != source) continue;
    for (auto& rule : step.rules) {
      visit(rule.column, rule.from == FieldRule::From::column);
      visit(rule.kind_column, false);
    }
    visit(step.once_per, false);
    visit(step.key, false);
    visit(step.turn, false);
    if (step.when) visit(step.when->column, false);
  }
}

class ColumnMatcher {
 public:
  ColumnMatcher(const Source& source, const std::vector<std::string>& columns)
      : source_(source), columns_(columns) {}

  std::optional<std::string> match(std::string& name) {
    if (name.empty()) return std::nullopt;
    const auto known = found_.find(name);
    if (known == found_.end()) {
      auto column = look_up(name);
      if (!column) return column.error();
      if (*column != name) notes.push_back("column '" + *column + "' is taken for '" + name + "'");
      found_.emplace(name, *column);
      name = *column;
    } else {
      name = known->second;
    }
    return std::nullopt;
  }

  std::vector<std::string> notes;

 private:
  Result<std::string, std::string> look_up(const std::string& name) const {
    std::vector<std::string> names = {name};
    for (const auto& list : source_.aliases) {
      if (std::ranges::find(list, name) != list.end()) names = list;
    }
    const auto is_named = [&](const std::string& column) {
      return std::ranges::find(names, column) != names.end();
    };
    const auto reads_alike = [&](const std::string& column) {
      const auto letters = letters_of(column);
      return !letters.empty() && std::ranges::any_of(names, [&](const std::string& each) {
        return letters_of(each) == letters;
      });
    };
    auto found = columns_that(is_named);
    if (found.empty()) found = columns_that(reads_alike);
    if (found.size() == 1) return found.front();
    if (found.empty()) {
      return Err{"has no column '" + name + "', which the mapping names" + what_is_there()};
    }
    return Err{"has columns '" + found[0] + "' and '" + found[1] + "', and either may be '" + name +
               "': name the one that is meant, and list the other under ignore"};
  }

  std::vector<std::string> columns_that(const auto& fit) const {
    std::vector<std::string> found;
    std::ranges::copy_if(columns_, std::back_inserter(found), fit);
    return found;
  }

  std::string what_is_there() const {
    std::string list;
    for (const auto& column : columns_) {
      if (list.size() > 200) return "; it has " + list + " ...";
      list += (list.empty() ? "'" : ", '") + column + "'";
    }
    return "; it has " + list;
  }

  const Source& source_;
  const std::vector<std::string>& columns_;
  std::map<std::string, std::string> found_;
};

void add_once(std::vector<std::string>& list, const std::string& column) {
  if (!column.empty() && std::ranges::find(list, column) == list.end()) list.push_back(column);
}

}  // namespace

Result<ColumnsMatched, std::string> match_columns(Mapping& mapping, std::size_t source,
                                                  const std::vector<std::string>& columns) {
  Source& own = mapping.sources[source];
  ColumnMatcher matcher(own, columns);
  std::optional<std::string> problem;
  const auto match = [&](std::string& name, bool) {
    if (!problem) problem = matcher.match(name);
  };
  for_each_column(mapping, source, match);
  for (auto& column : own.drop) match(column, false);
  for (auto& column : own.ignore) match(column, false);
  if (problem) return Err{std::move(*problem)};

  std::optional<std::string> dropped;
  for_each_column(mapping, source, [&](const std::string& name, bool) {
    if (std::ranges::find(own.drop, name) != own.drop.end()) dropped = name;
  });
  if (dropped) return Err{"column '" + *dropped + "' is dropped and cannot be used"};
  return ColumnsMatched{std::move(matcher.notes)};
}

std::vector<std::string> value_columns(const Mapping& mapping, std::size_t source) {
  std::vector<std::string> list;
  for_each_column(mapping, source, [&](const std::string& column, bool is_value) {
    if (is_value) add_once(list, column);
  });
  return list;
}

std::vector<std::string> key_columns(const Mapping& mapping, std::size_t source) {
  std::vector<std::string> list;
  for_each_column(mapping, source, [&](const std::string& column, bool is_value) {
    if (!is_value) add_once(list, column);
  });
  return list;
}

}  // namespace pim::data
