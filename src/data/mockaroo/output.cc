#include "data/mockaroo/output.h"

namespace pim::data::mockaroo {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Bare where every engine takes it so.
std::string sql_name(const std::string& name) {
  const bool bare = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos &&
                    !name.empty() && (name[0] < '0' || name[0] > '9');
  if (bare) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string sql_value(const PreparedColumn& column, const MadeCell& cell) {
  const auto json = to_json_value(column, cell);
  if (json.is_null()) return "null";
  if (json.is_number() || json.kind == JsonValue::Kind::truth) return json.as_text();
  std::string quoted = "'";
  for (const char c : cell.text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + '\'';
}

}  // namespace

std::string_view RowWriter::extension(OutputFormat format) {
  switch (format) {
    case OutputFormat::tsv:
      return ".tsv";
    case OutputFormat::json:
      return ".json";
    case OutputFormat::json_lines:
      return ".jsonl";
    case OutputFormat::sql:
      return ".sql";
    default:
      return ".csv";
  }
}

bool RowWriter::shows(std::size_t column) const {
  return !columns_[column].array && !columns_[column].column->hidden;
}

std::string RowWriter::begin() const {
  if (format_ == OutputFormat::json) return "[";
  if (format_ != OutputFormat::csv && format_ != OutputFormat::tsv) return {};
  std::string out(schema_.byte_order_mark ? kByteOrderMark : "");
  if (!schema_.include_header) return out;
  bool first = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!shows(i)) continue;
    if (!first) out += delimiter();
    first = false;
    append_quoted(out, columns_[i].column->name);
  }
  return out.append(line_end());
}

std::string RowWriter::end() const { return format_ == OutputFormat::json ? "]\n" : ""; }

std::string RowWriter::row(const std::vector<MadeCell>& cells) {
  switch (format_) {
    case OutputFormat::json: {
      const std::string before = first_ ? "" : ",\n";
      first_ = false;
      return before + json(cells);
    }
    case OutputFormat::json_lines:
      return json(cells) + "\n";
    case OutputFormat::sql:
      return sql(cells) + "\n";
    default:
      return delimited(cells);
  }
}

void RowWriter::append_quoted(std::string& out, const std::string& text) const {
  const char quote = format_ == OutputFormat::tsv ? '"' : schema_.quote;
  const char special[] = {delimiter(), quote, '"', '\r', '\n'};
  if (text.find_first_of(std::string_view(special, sizeof special)) == text.npos) {
    out += text;
    return;
  }
  out += quote;
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
}

std::string RowWriter::delimited(const std::vector<MadeCell>& cells) const {
  std::string out;
  bool first = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!shows(i)) continue;
    if (!first) out += delimiter();
    first = false;
    append_quoted(out, cells[i].text);
  }
  return out.append(line_end());
}

std::string RowWriter::json(const std::vector<MadeCell>& cells) const {
  JsonValue object;
  object.kind = JsonValue::Kind::object;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!shows(i)) continue;
    put_nested(object, columns_[i].column->path, 0, to_json_value(columns_[i], cells[i]));
  }
  return to_json(object);
}

std::string RowWriter::sql(const std::vector<MadeCell>& cells) const {
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!shows(i)) continue;
    if (!names.empty()) {
      names += ", ";
      values += ", ";
    }
    names += sql_name(columns_[i].column->name);
    values += sql_value(columns_[i], cells[i]);
  }
  return "insert into " + sql_name(schema_.name) + " (" + names + ") values (" + values + ");";
}

}  // namespace pim::data::mockaroo
