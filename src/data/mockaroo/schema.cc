#include "data/mockaroo/schema.h"

#include <algorithm>
#include <array>
#include <optional>

namespace pim::data::mockaroo {
namespace {

constexpr std::size_t kMaxColumns = 1000;
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxNesting = 8;
constexpr double kMaxRows = 100'000'000;

// The key has had three names.
constexpr auto kBlankKeys =
    std::to_array<std::string_view>({"null_percentage", "percentBlank", "percentageBlank"});

struct FormatName {
  std::string_view name;
  OutputFormat format;
};
constexpr auto kFormats = std::to_array<FormatName>({
    {"csv", OutputFormat::csv},
    {"custom", OutputFormat::csv},
    {"tsv", OutputFormat::tsv},
    {"tab", OutputFormat::tsv},
    {"txt", OutputFormat::tsv},
    {"json", OutputFormat::json},
    {"jsonl", OutputFormat::json_lines},
    {"ndjson", OutputFormat::json_lines},
    {"sql", OutputFormat::sql},
});

Err<SchemaError> bad(std::string column, std::string key, std::string message) {
  return Err{SchemaError{std::move(column), std::move(key), std::move(message)}};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

std::vector<std::string> split_path(const std::string& name) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.', from)) {
    parts.push_back(name.substr(from, dot - from));
    from = dot + 1;
  }
  parts.push_back(name.substr(from));
  // "v1." and "a..b" are names, not paths
  const bool path = std::ranges::none_of(parts, [](const auto& part) { return part.empty(); });
  if (!path || parts.size() > kMaxNesting) return {name};
  return parts;
}

// Names of one character, and the words that backups use for them.
std::optional<char> character(const JsonValue& value) {
  const std::string text = value.as_text();
  if (text.size() == 1) return text[0];
  if (text == "comma") return ',';
  if (text == "tab" || text == "\\t") return '\t';
  if (text == "pipe") return '|';
  if (text == "semicolon") return ';';
  if (text == "double" || text == "double quote") return '"';
  if (text == "single" || text == "single quote") return '\'';
  return std::nullopt;
}

std::optional<bool> truth(const JsonValue& value) {
  if (value.kind == JsonValue::Kind::truth) return value.truth;
  const std::string text = value.as_text();
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0" || value.is_null()) return false;
  return std::nullopt;
}

class SchemaReader {
 public:
  Result<Schema, SchemaError> read(const JsonValue& root, const std::string& fallback_name) {
    schema_.name = fallback_name;
    const JsonValue* columns = &root;
    if (root.kind == JsonValue::Kind::object) {
      columns = root.find("columns");
      if (columns == nullptr) columns = root.find("fields");
      if (columns == nullptr) return bad("", "columns", "is missing: this is no Mockaroo schema");
      for (const auto& [key, value] : root.members) {
        if (auto problem = take_setting(key, value)) return Err{*problem};
      }
      apply_array();
    }
    if (columns->kind != JsonValue::Kind::array) return bad("", "columns", "must be a list");
    if (columns->items.empty()) return bad("", "columns", "is empty");
    if (columns->items.size() > kMaxColumns)
      return bad("", "columns", "has more than 1000 columns");
    for (const auto& item : columns->items) {
      if (auto problem = take_column(item)) return Err{*problem};
    }
    return std::move(schema_);
  }

 private:
  using Problem = std::optional<SchemaError>;
  static Problem wrong(std::string column, const std::string& key, std::string message) {
    return SchemaError{std::move(column), key, std::move(message)};
  }

  Problem take_setting(const std::string& key, const JsonValue& value) {
    if (key == "columns" || key == "fields" || key == "id")
      return {};  // whose id it is: Mockaroo's
    if (key == "name") return take_name(value);
    if (key == "num_rows" || key == "count") return take_rows(key, value);
    if (key == "file_format" || key == "format") return take_format(key, value);
    if (key == "line_ending") {
      const auto ending = value.as_text();
      if (ending != "unix" && ending != "windows" && !ending.empty()) {
        return wrong("", key, "must be unix or windows");
      }
      schema_.windows_lines = ending == "windows";
      return {};
    }
    if (key == "delimiter" || key == "quote_char" || key == "quote" || key == "quote_character") {
      const auto one = character(value);
      if (!one && !value.as_text().empty()) return wrong("", key, "must be one character");
      if (one) (key == "delimiter" ? schema_.delimiter : schema_.quote) = *one;
      return {};
    }
    bool* flag = key == "include_header" || key == "header" ? &schema_.include_header
                 : key == "bom" || key == "include_bom"     ? &schema_.byte_order_mark
                 : key == "array"                           ? &array_
                                                            : nullptr;
    if (flag == nullptr) {
      schema_.unknown_keys.push_back(key);
      return {};
    }
    const auto set = truth(value);
    if (!set) return wrong("", key, "must be true or false");
    *flag = *set;
    return {};
  }

  Problem take_name(const JsonValue& value) {
    const auto name = value.as_text();
    if (name.empty()) return {};
    const bool path = name.find('/') != name.npos || name.find('\\') != name.npos || name == "..";
    if (name.size() > kMaxNameBytes || path || std::ranges::any_of(name, is_control)) {
      return wrong("", "name", "must be a short name without a slash: files are named after it");
    }
    schema_.name = name;
    return {};
  }

  Problem take_rows(const std::string& key, const JsonValue& value) {
    const auto rows = value.as_number();
    if (!rows || !(*rows >= 0) || *rows > kMaxRows) {
      return wrong("", key, "must be a number of rows from 0 to 100000000");
    }
    schema_.num_rows = static_cast<std::uint64_t>(*rows);
    return {};
  }

  Problem take_format(const std::string& key, const JsonValue& value) {
    if (value.kind != JsonValue::Kind::text) return wrong("", key, "must be a text such as csv");
    schema_.file_format = value.text;
    schema_.format = OutputFormat::other;
    for (const auto& known : kFormats) {
      if (known.name == value.text) schema_.format = known.format;
    }
    return {};
  }

  // JSON without `array` is an object a line.
  void apply_array() {
    if (schema_.format == OutputFormat::json && !array_) schema_.format = OutputFormat::json_lines;
  }

  Problem take_column(const JsonValue& item) {
    const std::string place = "column " + std::to_string(schema_.columns.size() + 1);
    if (item.kind != JsonValue::Kind::object) return wrong(place, "", "must be an object");
    SchemaColumn column;
    const auto* name = item.find("name");
    if (name == nullptr || name->as_text().empty()) return wrong(place, "name", "is missing");
    column.name = name->as_text();
    if (column.name.size() > kMaxNameBytes || std::ranges::any_of(column.name, is_control)) {
      return wrong(place, "name", "must be a short name of one line");
    }
    column.path = split_path(column.name);
    column.hidden = column.path.back().starts_with("__") || column.name.starts_with("__");
    column.options.kind = JsonValue::Kind::object;
    for (const auto& [key, value] : item.members) {
      if (auto problem = take_option(column, key, value)) return problem;
    }
    if (column.type.empty()) return wrong(column.name, "type", "is missing");
    schema_.columns.push_back(std::move(column));
    return {};
  }

  static Problem take_option(SchemaColumn& column, const std::string& key, const JsonValue& value) {
    if (key == "name") return {};
    if (key == "type") {
      if (value.kind != JsonValue::Kind::text) return wrong(column.name, key, "must be a text");
      column.type = value.text;
    } else if (std::ranges::find(kBlankKeys, key) != kBlankKeys.end()) {
      if (value.is_null()) return {};
      const auto percent = value.as_number();
      if (!percent || !(*percent >= 0) || *percent > 100) {
        return wrong(column.name, key, "must be a number from 0 to 100");
      }
      column.null_percentage = *percent;
    } else if (key == "formula") {
      if (value.kind != JsonValue::Kind::text && !value.is_null()) {
        return wrong(column.name, key, "must be a text");
      }
      column.formula = value.text;
    } else {
      column.options.members.emplace_back(key, value);
    }
    return {};
  }

  Schema schema_;
  bool array_ = false;
};

}  // namespace

std::string_view to_string(OutputFormat format) {
  constexpr std::array<std::string_view, 6> kNames = {"csv",   "tsv", "json",
                                                      "jsonl", "sql", "other"};
  return kNames[static_cast<std::size_t>(format)];
}

const SchemaColumn* Schema::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &SchemaColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

const SchemaColumn* Schema::find_from(const SchemaColumn& from, std::string_view column) const {
  for (std::size_t depth = from.path.size(); depth-- > 1;) {
    std::string near;
    for (std::size_t i = 0; i < depth; ++i) near += from.path[i] + ".";
    const auto* found = find(near.append(column));
    if (found != nullptr && found != &from) return found;
  }
  return find(column);
}

std::string to_text(const SchemaError& error, const std::string& file) {
  std::string text = file + ": ";
  if (error.column.starts_with("column "))
    text += error.column + ": ";
  else if (!error.column.empty())
    text += "column '" + error.column + "': ";
  if (!error.key.empty()) text += error.key + " ";
  return text + error.message;
}

Result<Schema, SchemaError> parse_schema(std::string_view json, const std::string& fallback_name) {
  const auto root = parse_json(json);
  if (!root) return bad("", "", root.error());
  return SchemaReader().read(*root, fallback_name);
}

std::string schema_name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash != path.npos) path.remove_prefix(slash + 1);
  for (const std::string_view ending : {".schema.json", ".json"}) {
    if (path.size() > ending.size() && path.ends_with(ending)) {
      path.remove_suffix(ending.size());
      break;
    }
  }
  return std::string(path);
}

}  // namespace pim::data::mockaroo
