#include "data/row_source.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <unordered_set>
#include <utility>

#include "data/format_readers.h"

namespace pim::data {
namespace {

struct FormatName {
  std::string_view ending;
  FileFormat format;
};
constexpr auto kFormatNames = std::to_array<FormatName>({
    {"csv", FileFormat::csv},
    {"txt", FileFormat::csv},
    {"tsv", FileFormat::tsv},
    {"tab", FileFormat::tsv},
    {"json", FileFormat::json},
    {"jsonl", FileFormat::jsonl},
    {"ndjson", FileFormat::jsonl},
    {"sql", FileFormat::sql},
});

const FormatName* ending_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  std::string ending(name.substr(dot + 1));
  std::ranges::transform(ending, ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto found = std::ranges::find(kFormatNames, ending, &FormatName::ending);
  return found == kFormatNames.end() ? nullptr : &*found;
}

// What people hand over although no reader can take it, by its first bytes.
std::string foreign_kind(std::string_view head) {
  using namespace std::string_view_literals;
  const auto is = [&](std::string_view magic) { return head.starts_with(magic); };
  constexpr auto kRecode = "convert it, e.g. iconv -f UTF-16 -t UTF-8";
  const bool mark = is("\xFF\xFE"sv) || is("\xFE\xFF"sv);
  const bool halves = head.size() >= 4 && ((head[1] == 0 && head[3] == 0 && head[0] != 0) ||
                                           (head[0] == 0 && head[2] == 0 && head[1] != 0));
  if (mark || halves) return std::string("it is UTF-16, not UTF-8: ") + kRecode;
  if (is("\x1F\x8B"sv)) return "it is compressed: unpack it first (gunzip)";
  if (is("PK\x03\x04"sv)) return "it is a ZIP archive or a spreadsheet: save it as CSV first";
  if (is("\xD0\xCF\x11\xE0"sv)) return "it is a spreadsheet: save it as CSV first";
  if (is("SQLite format 3"sv)) return "it is a SQLite database: sqlite3 FILE .dump > FILE.sql";
  return {};
}

std::optional<RowSourceError> wrong_columns(const std::vector<std::string>& columns) {
  std::unordered_set<std::string_view> seen;
  for (const auto& column : columns) {
    const bool control = std::ranges::any_of(
        column, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (control) return RowSourceError{false, {}, "a column's name holds a control character"};
    if (!seen.insert(column).second) {
      return RowSourceError{false, {}, "a second column '" + column + "': rename one of them"};
    }
  }
  return std::nullopt;
}

}  // namespace

FileFormat format_of(std::string_view path) {
  const auto* found = ending_of(path);
  return found == nullptr ? FileFormat::csv : found->format;
}

std::optional<FileFormat> parse_format(std::string_view name) {
  const auto found = std::ranges::find(kFormatNames, name, &FormatName::ending);
  if (found == kFormatNames.end() || name == "txt" || name == "tab" || name == "ndjson") {
    return std::nullopt;
  }
  return found->format;
}

bool same_but_for_format(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (ending_of(a) == nullptr || ending_of(b) == nullptr) return false;
  return a.substr(0, a.rfind('.')) == b.substr(0, b.rfind('.'));
}

OpenedRows open_rows(std::unique_ptr<std::istream> in, FileFormat format,
                     const RowSourceOptions& options) {
  std::array<char, 16> head{};
  in->read(head.data(), head.size());
  const auto kind = foreign_kind({head.data(), static_cast<std::size_t>(in->gcount())});
  if (!kind.empty()) return Err{RowSourceError{false, {}, kind}};
  in->clear();
  in->seekg(0);

  OpenedRows opened = [&]() -> OpenedRows {
    switch (format) {
      case FileFormat::csv:
      case FileFormat::tsv:
        return open_delimited(std::move(in), format, options);
      case FileFormat::json:
      case FileFormat::jsonl:
        return open_json(std::move(in), format == FileFormat::jsonl);
      case FileFormat::sql:
        return open_sql(std::move(in), options);
    }
    return Err{RowSourceError{}};
  }();
  if (!opened) return opened;
  if (auto wrong = wrong_columns((*opened)->columns())) return Err{std::move(*wrong)};
  return opened;
}

OpenedRows open_rows(const std::string& path, const RowSourceOptions& options) {
  auto in = std::make_unique<std::ifstream>(path, std::ios::binary);
  // a directory opens, and then cannot be read
  if (!*in || (in->peek() == std::ifstream::traits_type::eof() && in->bad())) {
    return Err{RowSourceError{true, {}, "cannot read " + path}};
  }
  in->clear();
  return open_rows(std::move(in), options.format.value_or(format_of(path)), options);
}

}  // namespace pim::data
