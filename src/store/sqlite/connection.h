// RAII over SQLite's C API. A Connection and its Statements belong to one thread at a time
// (SQLITE_OPEN_NOMUTEX): nothing in here locks.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/event_store.h"

namespace pim::store::sqlite {

enum class OpenMode { read_only, read_write, create };

class Statement;

class Connection {
 public:
  // `vfs`: a registered VFS's name; empty is the default one.
  static StoreResult<Connection> open(const std::string& path, OpenMode mode,
                                      const std::string& vfs);

  sqlite3* raw() const { return handle_.get(); }
  // Runs one or more statements without results.
  StoreResult<void> execute(const std::string& sql);
  // Persistent: meant to be kept and run often.
  StoreResult<Statement> prepare(std::string_view sql);
  // The first column of the first row.
  StoreResult<std::int64_t> query_integer(std::string_view sql);
  // The last failure on this connection, as an error of the port.
  StoreError error(std::string_view doing) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

class Statement {
 public:
  Statement() = default;
  sqlite3_stmt* raw() const { return handle_.get(); }

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// One run of a statement: binds in order, steps, reads columns in order; resets when it goes. What
// is bound must outlive it (nothing is copied).
class Run {
 public:
  explicit Run(const Statement& statement) : handle_(statement.raw()) {}
  ~Run() { sqlite3_reset(handle_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Run& integer(std::uint64_t value) {
    sqlite3_bind_int64(handle_, ++bound_, static_cast<sqlite3_int64>(value));
    return *this;
  }
  Run& text(std::string_view value) {
    // A null pointer would bind NULL, not an empty text.
    const char* data = value.empty() ? "" : value.data();
    sqlite3_bind_text64(handle_, ++bound_, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
  }
  template <std::size_t N>
  Run& blob(const std::array<std::uint8_t, N>& value) {
    sqlite3_bind_blob64(handle_, ++bound_, value.data(), N, SQLITE_STATIC);
    return *this;
  }

  int step() { return sqlite3_step(handle_); }  // SQLITE_ROW, SQLITE_DONE, or a failure

  // Moves the column cursor back; call it before reading each row but the first.
  void rewind(int column = 0) { column_ = column; }
  std::uint64_t next_integer() {
    return static_cast<std::uint64_t>(sqlite3_column_int64(handle_, column_++));
  }
  std::string_view next_text();
  template <std::size_t N>
  void next_blob(std::array<std::uint8_t, N>& out) {
    next_blob(out.data(), N);
  }
  // A blob had another length than its field, or a value was outside its type's range.
  bool malformed() const { return malformed_; }
  void mark_malformed() { malformed_ = true; }

 private:
  void next_blob(std::uint8_t* out, std::size_t size);

  sqlite3_stmt* handle_;
  int bound_ = 0;
  int column_ = 0;
  bool malformed_ = false;
};

// How a failed call is told to the caller: which kind it is where nothing was committed by it.
StoreErrorKind kind_of(int result_code);
// A failed sync: what the page cache shows is no longer known to be on disk.
bool is_failed_sync(int extended_result_code);

}  // namespace pim::store::sqlite
