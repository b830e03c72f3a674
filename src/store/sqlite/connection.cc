#include "store/sqlite/connection.h"

#include <cstring>
#include <mutex>

namespace pim::store::sqlite {
namespace {

// SQLite counts every allocation under one lock of the process; nobody here reads that count.
void stop_counting_memory() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

StoreResult<Connection> Connection::open(const std::string& path, OpenMode mode,
                                         const std::string& vfs) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case OpenMode::read_only:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case OpenMode::read_write:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case OpenMode::create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
  }
  stop_counting_memory();
  sqlite3* handle = nullptr;
  const int rc = sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  Connection connection(handle);  // to be closed even where opening failed
  if (rc != SQLITE_OK) return Err{connection.error("opening " + path)};
  return connection;
}

StoreResult<void> Connection::execute(const std::string& sql) {
  if (sqlite3_exec(raw(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Err{error(sql.substr(0, 60))};
  }
  return {};
}

StoreResult<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int rc = sqlite3_prepare_v3(raw(), sql.data(), static_cast<int>(sql.size()),
                                    SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (rc != SQLITE_OK) return Err{error(sql.substr(0, 60))};
  return Statement(handle);
}

StoreResult<std::int64_t> Connection::query_integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return Err{statement.error()};
  Run run(*statement);
  if (run.step() != SQLITE_ROW) return Err{error(sql.substr(0, 60))};
  return static_cast<std::int64_t>(run.next_integer());
}

StoreError Connection::error(std::string_view doing) const {
  if (raw() == nullptr) return {StoreErrorKind::unavailable, "SQLite: out of memory"};
  const int rc = sqlite3_extended_errcode(raw());
  std::string message = "SQLite: ";
  message += sqlite3_errmsg(raw());
  message += " (" + std::to_string(rc) + ") while ";
  message += doing;
  return {kind_of(rc), std::move(message)};
}

std::string_view Run::next_text() {
  const int column = column_++;
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return text == nullptr ? std::string_view{} : std::string_view(text, size);
}

void Run::next_blob(std::uint8_t* out, std::size_t size) {
  const int column = column_++;
  const void* blob = sqlite3_column_blob(handle_, column);
  if (blob == nullptr || static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)) != size) {
    malformed_ = true;
    return;
  }
  std::memcpy(out, blob, size);
}

StoreErrorKind kind_of(int result_code) {
  switch (result_code & 0xFF) {
    case SQLITE_FULL:
      return StoreErrorKind::disk_low;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
      return StoreErrorKind::corrupt;
    case SQLITE_TOOBIG:
      return StoreErrorKind::rejected;
    default:
      return StoreErrorKind::unavailable;
  }
}

bool is_failed_sync(int extended_result_code) {
  return extended_result_code == SQLITE_IOERR_FSYNC ||
         extended_result_code == SQLITE_IOERR_DIR_FSYNC;
}

}  // namespace pim::store::sqlite
