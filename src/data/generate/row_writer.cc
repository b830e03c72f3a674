#include "data/generate/row_writer.h"

#include "data/tables.h"

namespace pim::data::generate {
namespace {

const Table& table_at(TableIndex table) { return all_tables()[static_cast<std::size_t>(table)]; }

std::string quoted_columns(const Table& table) {
  std::string list;
  for (const auto& column : table.columns) {
    if (!list.empty()) list += ", ";
    list.append("\"").append(column.name).append("\"");
  }
  return list;
}

// Columns that are numbers; all others are texts.
bool is_number(std::string_view column) {
  for (const std::string_view each : {"birth_year", "deceased_year", "beds", "rank", "quantity",
                                      "line_no", "qty", "unit_cents", "amount_cents"}) {
    if (column == each) return true;
  }
  return false;
}

std::string create_table(const Table& table) {
  std::string text = "CREATE TABLE \"" + std::string(table.name) + "\" (";
  for (const auto& column : table.columns) {
    text.append(&column == table.columns.data() ? "\n  " : ",\n  ");
    const bool uuid = column.name.ends_with("_id");
    text.append("\"").append(column.name).append("\" ");
    text += is_number(column.name) ? "BIGINT" : uuid ? "CHAR(36)" : "VARCHAR(32)";
    if (column.required) text += " NOT NULL";
  }
  text.append(",\n  PRIMARY KEY (\"").append(table.columns.front().name).append("\")");
  for (const auto& column : table.columns) {
    if (column.refers_to.empty()) continue;
    text.append(",\n  FOREIGN KEY (\"").append(column.name).append("\") REFERENCES \"");
    text.append(column.refers_to).append("\" (\"").append(column.name).append("\")");
  }
  return text + "\n);\n";
}

}  // namespace

std::string head_of(FileKind kind, TableIndex table) {
  if (kind == FileKind::jsonl) return {};
  if (kind == FileKind::sql) return create_table(table_at(table));
  std::string line;
  for (const auto& column : table_at(table).columns) {
    if (!line.empty()) line += ',';
    line += column.name;
  }
  return line + "\n";
}

JsonCells::JsonCells() {
  for (std::size_t i = 0; i < kTableCount; ++i) {
    for (const auto& column : all_tables()[i].columns) {
      keys_[i].emplace_back("\"" + std::string(column.name) + "\":");
    }
  }
}

SqlCells::SqlCells() {
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const Table& table = all_tables()[i];
    inserts_[i] =
        "INSERT INTO \"" + std::string(table.name) + "\" (" + quoted_columns(table) + ") VALUES\n(";
  }
}

void SqlCells::begin(Text& out, TableIndex table) {
  const auto at = static_cast<std::size_t>(table);
  if (open_[at] == kRowsAStatement) {
    out.append(";\n");
    open_[at] = 0;
  }
  out.append(open_[at] == 0 ? std::string_view(inserts_[at]) : std::string_view(",\n("));
  ++open_[at];
}

void SqlCells::finish(Texts& texts) {
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (open_[i] > 0) texts.of[i].append(";\n");
    open_[i] = 0;
  }
}

}  // namespace pim::data::generate
