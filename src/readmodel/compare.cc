#include "readmodel/compare.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace pim::readmodel {
namespace {

using store::StoreResult;
using store::sqlite::Connection;
using store::sqlite::Run;
using store::sqlite::Statement;

struct Table {
  std::string_view name;
  int key_columns;  // the first columns, by which the rows are ordered
  std::string_view select;
};
constexpr Table kTables[] = {
    {"checkpoint", 1, "SELECT bucket, position, hash FROM checkpoint ORDER BY bucket"},
    {"patient", 1, "SELECT patient_id, tenant, version, facts FROM patient ORDER BY patient_id"},
    {"encounter", 3,
     "SELECT patient_id, admitted_at, encounter_id, tenant, provider_id, facility_id, status,"
     " bills, doc FROM encounter ORDER BY patient_id, admitted_at, encounter_id"},
    {"reference_data", 2,
     "SELECT id, kind, tenant, version, doc FROM reference_data ORDER BY id, kind"},
    {"code_count", 3,
     "SELECT tenant, system, code, count FROM code_count ORDER BY tenant, system, code"}};

// In SQLite's own order, of two columns of the same type.
int order_of(sqlite3_stmt* a, sqlite3_stmt* b, int column) {
  if (sqlite3_column_type(a, column) == SQLITE_INTEGER) {
    const auto left = sqlite3_column_int64(a, column);
    const auto right = sqlite3_column_int64(b, column);
    return left < right ? -1 : static_cast<int>(left > right);
  }
  const void* left = sqlite3_column_blob(a, column);
  const int left_size = sqlite3_column_bytes(a, column);
  const void* right = sqlite3_column_blob(b, column);
  const int right_size = sqlite3_column_bytes(b, column);
  const auto common = static_cast<std::size_t>(std::min(left_size, right_size));
  const int bytes = common == 0 ? 0 : std::memcmp(left, right, common);
  return bytes != 0 ? bytes : left_size - right_size;
}

int key_order(sqlite3_stmt* a, sqlite3_stmt* b, int columns) {
  for (int column = 0; column < columns; ++column) {
    if (const int order = order_of(a, b, column); order != 0) return order;
  }
  return 0;
}

std::string key_text(sqlite3_stmt* row, int columns) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int column = 0; column < columns; ++column) {
    text += ' ';
    if (sqlite3_column_type(row, column) != SQLITE_BLOB) {
      text += reinterpret_cast<const char*>(sqlite3_column_text(row, column));
      continue;
    }
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
    for (int i = 0; i < sqlite3_column_bytes(row, column); ++i) {
      text += kDigits[bytes[i] >> 4];
      text += kDigits[bytes[i] & 15];
    }
  }
  return text;
}

// One table's walk through both files.
class TableWalk {
 public:
  TableWalk(const Table& table, Statement& live, Statement& rebuilt, Comparison& result)
      : table_(table), live_(live), rebuilt_(rebuilt), result_(result) {}

  // False where a file could not be read.
  bool run() {
    Run live_run(live_);
    Run rebuilt_run(rebuilt_);
    int live_rc = live_run.step();
    int rebuilt_rc = rebuilt_run.step();
    while (live_rc == SQLITE_ROW || rebuilt_rc == SQLITE_ROW) {
      ++result_.rows;
      const int order = live_rc != SQLITE_ROW ? 1
                        : rebuilt_rc != SQLITE_ROW
                            ? -1
                            : key_order(live_.raw(), rebuilt_.raw(), table_.key_columns);
      if (order < 0) report(live_.raw(), "is in the live model only");
      if (order > 0) report(rebuilt_.raw(), "is missing in the live model");
      if (order == 0) compare_values();
      if (order <= 0) live_rc = live_run.step();
      if (order >= 0) rebuilt_rc = rebuilt_run.step();
    }
    return live_rc == SQLITE_DONE && rebuilt_rc == SQLITE_DONE;
  }

 private:
  void compare_values() {
    const int columns = sqlite3_column_count(live_.raw());
    for (int column = table_.key_columns; column < columns; ++column) {
      if (order_of(live_.raw(), rebuilt_.raw(), column) == 0) continue;
      report(live_.raw(), std::string("differs in ") + sqlite3_column_name(live_.raw(), column));
      return;
    }
  }

  void report(sqlite3_stmt* row, const std::string& what) {
    ++result_.differing;
    if (result_.differences.size() >= kListedDifferences) return;
    std::string text(table_.name);
    text += key_text(row, table_.key_columns);
    text += ' ';
    text += what;
    result_.differences.push_back(std::move(text));
  }

  const Table& table_;
  Statement& live_;
  Statement& rebuilt_;
  Comparison& result_;
};

}  // namespace

StoreResult<Comparison> compare(Connection& live, Connection& rebuilt) {
  Comparison result;
  for (const Table& table : kTables) {
    auto live_rows = live.prepare(table.select);
    if (!live_rows) return Err{live_rows.error()};
    auto rebuilt_rows = rebuilt.prepare(table.select);
    if (!rebuilt_rows) return Err{rebuilt_rows.error()};
    if (!TableWalk(table, *live_rows, *rebuilt_rows, result).run()) {
      return Err{live.error("comparing " + std::string(table.name))};
    }
  }
  return result;
}

}  // namespace pim::readmodel
