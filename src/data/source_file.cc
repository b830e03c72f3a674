#include "data/source_file.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

#include "data/column_match.h"
#include "data/date_detect.h"
#include "data/manifest.h"
#include "data/privacy/identifiers.h"

namespace pim::data {
namespace {

// From that share on, a column is one of identifiers; below, single rows are refused.
constexpr std::uint64_t kIdentifierShare = 10;

// What a pass over the file tells of one column.
struct ColumnSurvey {
  std::size_t index = 0;
  std::uint64_t values = 0;
  std::uint64_t identifiers = 0;
  Place first;  // of them
  std::string_view kind;
  bool dates_wanted = false;
  DateDetector dates;
};

class SourceOpener {
 public:
  SourceOpener(Mapping& mapping, std::size_t source, const std::string& path)
      : mapping_(mapping), source_(source) {
    file_.path = path;
    const Source& own = mapping.sources[source];
    file_.name = std::filesystem::path(path).filename().string();
    if (!own.reading.table.empty()) file_.name += ":" + own.reading.table;
  }

  Result<SourceFile, SourceProblem> open(const std::function<void(std::uint64_t)>& progress) {
    auto problem = hash_file();
    if (!problem) problem = open_file();
    if (!problem) problem = match();
    if (!problem) problem = survey(progress);
    if (problem) return Err{std::move(*problem)};
    return std::move(file_);
  }

 private:
  using Problem = std::optional<SourceProblem>;

  Problem usage(const std::string& message) const {
    return SourceProblem{false, file_.path + " " + message};
  }
  Problem usage(Place place, const std::string& message) const {
    return SourceProblem{false, file_.path + ":" + std::to_string(place.line) + ":" +
                                    std::to_string(place.column) + ": " + message};
  }

  Problem hash_file() {
    auto digest = digest_file(file_.path);
    if (!digest) return SourceProblem{true, "cannot read " + file_.path};
    file_.bytes = digest->bytes;
    file_.hash = std::move(digest->sha256);
    return {};
  }

  Problem open_file() {
    auto rows = open_rows(file_.path, mapping_.sources[source_].reading);
    if (!rows) {
      if (rows.error().unreadable) return SourceProblem{true, rows.error().message};
      return usage(rows.error().place, rows.error().message);
    }
    file_.rows = std::move(*rows);
    if (auto note = file_.rows->note(); !note.empty()) file_.notes.push_back(std::move(note));
    return {};
  }

  // What the mapping names must be there, and what is there must be named.
  Problem match() {
    const auto& columns = file_.rows->columns();
    auto matched = match_columns(mapping_, source_, columns);
    const bool hidden = privacy::looks_like_values(columns);
    if (!matched) return usage(hidden ? std::string(privacy::kValuesForNames) : matched.error());
    std::ranges::move(matched->notes, std::back_inserter(file_.notes));

    const Source& own = mapping_.sources[source_];
    const auto values = value_columns(mapping_, source_);
    std::unordered_set<std::string> named(own.drop.begin(), own.drop.end());
    named.insert(own.ignore.begin(), own.ignore.end());
    named.insert(values.begin(), values.end());
    const auto keys = key_columns(mapping_, source_);
    named.insert(keys.begin(), keys.end());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!named.contains(columns[i])) {
        if (hidden)
          return usage(file_.rows->place_of_column(i), std::string(privacy::kValuesForNames));
        return usage(file_.rows->place_of_column(i),
                     "column '" + columns[i] +
                         "' is not in the mapping: use it, or list it under drop or ignore");
      }
      const bool value = std::ranges::find(values, columns[i]) != values.end();
      if (value && privacy::looks_like_identifier(columns[i])) {
        return usage(file_.rows->place_of_column(i),
                     "column '" + columns[i] + "' looks like an identifier: list it under drop");
      }
    }
    return {};
  }

  Problem survey(const std::function<void(std::uint64_t)>& progress) {
    auto surveys = wanted_columns();
    CsvRow row;
    while (true) {
      const auto read = file_.rows->next(row);
      if (read.ok() && !*read) break;
      if (progress) progress(file_.rows->bytes_read());
      if (!read) continue;  // reported when the row's turn comes
      for (auto& each : surveys) look_at(each, row[each.index]);
    }
    file_.rows->rewind();
    for (const auto& each : surveys) {
      if (auto problem = judge(each)) return problem;
    }
    return {};
  }

  std::vector<ColumnSurvey> wanted_columns() const {
    std::vector<ColumnSurvey> surveys;
    const auto& columns = file_.rows->columns();
    for (const auto& column : value_columns(mapping_, source_)) {
      ColumnSurvey& each = surveys.emplace_back();
      each.index = static_cast<std::size_t>(std::ranges::find(columns, column) - columns.begin());
      for_each_detected(column, [&](const FieldRule&) { each.dates_wanted = true; });
    }
    return surveys;
  }

  void look_at(ColumnSurvey& survey, const CsvField& cell) const {
    const auto text = trimmed(cell.text);
    if (mapping_.is_blank(text)) return;
    ++survey.values;
    if (survey.dates_wanted) survey.dates.add(text, cell.place.line);
    const auto kind = privacy::identifier_kind(text);
    if (kind.empty()) return;
    if (survey.identifiers++ == 0) {
      survey.kind = kind;
      survey.first = cell.place;
    }
  }

  Problem judge(const ColumnSurvey& survey) {
    const std::string& column = file_.rows->columns()[survey.index];
    if (survey.identifiers > 0 && survey.identifiers * kIdentifierShare >= survey.values) {
      return usage(survey.first, "column '" + column + "' holds what looks like " +
                                     std::string(survey.kind) + ": list it under drop");
    }
    if (!survey.dates_wanted) return {};
    auto form = survey.dates.result();
    if (!form) return usage("column '" + column + "' " + form.error().reason);
    std::string list;
    for (const auto& format : form->formats) list += (list.empty() ? "" : " or ") + format;
    const std::string by = form->decided_at == 0 ? ""
                                                 : ": line " + std::to_string(form->decided_at) +
                                                       " tells the day from the month";
    if (survey.dates.values() > 0) {
      file_.notes.push_back("column '" + column + "' is read as " + list + by);
    }
    for_each_detected(column, [&](FieldRule& rule) { rule.formats = form->formats; });
    return {};
  }

  void for_each_detected(const std::string& column, const auto& visit) const {
    for (auto& step : mapping_.steps) {
      if (step.source != source_) continue;
      for (auto& rule : step.rules) {
        if (rule.detect_format && rule.column == column) visit(rule);
      }
    }
  }

  Mapping& mapping_;
  const std::size_t source_;
  SourceFile file_;
};

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kNoBreakSpace = "\u00A0";
  constexpr std::string_view kSpaces = " \t\r\n";
  while (true) {
    if (!text.empty() && kSpaces.find(text.front()) != kSpaces.npos) {
      text.remove_prefix(1);
    } else if (text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(kNoBreakSpace.size());
    } else if (!text.empty() && kSpaces.find(text.back()) != kSpaces.npos) {
      text.remove_suffix(1);
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else {
      return text;
    }
  }
}

Result<SourceFile, SourceProblem> open_source(Mapping& mapping, std::size_t source,
                                              const std::string& path,
                                              const std::function<void(std::uint64_t)>& progress) {
  return SourceOpener(mapping, source, path).open(progress);
}

}  // namespace pim::data
