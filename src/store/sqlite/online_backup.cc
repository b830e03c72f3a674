#include "store/sqlite/online_backup.h"

#include <filesystem>
#include <utility>

#include "store/sqlite/files.h"
#include "store/sqlite/queries.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/store_check.h"
#include "store/sqlite/write_session.h"
#include "telemetry/thread_name.h"

namespace pim::store::sqlite {
namespace {

StoreError unavailable(std::string message) {
  return {StoreErrorKind::unavailable, std::move(message)};
}

}  // namespace

OnlineBackup::OnlineBackup(std::string target, NodeId node, UtcMillis now,
                           const telemetry::Work& work, Done done)
    : target_(std::move(target)),
      unfinished_(database_path(target_) + ".unfinished"),
      work_(work),
      done_(std::move(done)) {
  manifest_.schema_version = kSchemaVersion;
  manifest_.node = node;
  manifest_.created = now;
}

std::unique_ptr<OnlineBackup> OnlineBackup::start(Connection& source, const std::string& target,
                                                  NodeId node, UtcMillis now,
                                                  const telemetry::Work& work, Done done) {
  std::unique_ptr<OnlineBackup> backup(new OnlineBackup(target, node, now, work, std::move(done)));
  if (auto begun = backup->begin(source); !begun) {
    backup->end(std::move(begun));
    return nullptr;
  }
  return backup;
}

StoreResult<void> OnlineBackup::begin(Connection& source) {
  if (auto made = posix_files().make_directory(target_); !made) return made;
  std::error_code code;
  if (!std::filesystem::is_empty(target_, code) || code) {
    return Err{StoreError{StoreErrorKind::rejected,
                          target_ + " is not empty: a backup goes into a directory of its own"}};
  }
  auto copy = Connection::open(unfinished_, OpenMode::create, "");
  if (!copy) return Err{copy.error()};
  copy_ = std::make_unique<Connection>(std::move(*copy));
  // Nobody may trust the copy before its manifest is there; until then it needs no journal.
  if (auto set = copy_->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF"); !set) {
    return set;
  }
  handle_ = sqlite3_backup_init(copy_->raw(), "main", source.raw(), "main");
  if (handle_ == nullptr) return Err{copy_->error("beginning a backup")};
  return {};
}

OnlineBackup::~OnlineBackup() {
  abandon_copy();
  stop_ = true;
  if (verifier_.joinable()) verifier_.join();
}

void OnlineBackup::end(StoreResult<void> result) {
  if (ended_.exchange(true)) return;
  done_(std::move(result));
}

void OnlineBackup::abandon_copy() {
  if (handle_ == nullptr) return;
  sqlite3_backup_finish(std::exchange(handle_, nullptr));
  copy_.reset();
  telemetry::end_part(work_, "backup copy", began_, "unavailable");
  end(Err{unavailable("the store left service, or closed, before the backup was complete")});
}

void OnlineBackup::step(int pages) {
  if (handle_ == nullptr) return;
  const int rc = sqlite3_backup_step(handle_, pages);
  if (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED) return;
  sqlite3_backup_finish(std::exchange(handle_, nullptr));
  if (rc != SQLITE_DONE) {
    auto error = copy_->error("copying pages");
    copy_.reset();
    telemetry::end_part(work_, "backup copy", began_, to_string(error.kind));
    end(Err{std::move(error)});
    return;
  }
  copy_.reset();
  telemetry::end_part(work_, "backup copy", began_);
  verifier_ = std::thread([this] {
    telemetry::name_thread("backup-verify");
    verify();
  });
}

void OnlineBackup::verify() {
  StoreResult<void> done;
  {
    const telemetry::WorkScope scope(work_);
    done = telemetry::in_span("backup verify", [this](auto&) { return verify_copy(); });
  }
  end(std::move(done));  // whose work this is part of ends with it
}

StoreResult<void> OnlineBackup::verify_copy() {
  Files& files = posix_files();
  const std::string database = database_path(target_);
  {
    // The copy says that it has a write-ahead log; without one it is a single file to hash.
    auto plain = Connection::open(unfinished_, OpenMode::read_write, "");
    if (!plain) return Err{plain.error()};
    if (auto set = plain->execute("PRAGMA journal_mode = DELETE"); !set) return set;
  }
  if (auto synced = files.sync_file(unfinished_); !synced) return synced;
  {
    auto queries = Queries::open(unfinished_, "");
    if (!queries) return Err{queries.error()};
    auto counts = check_store(*queries, stop_);
    if (!counts) return Err{counts.error()};
    manifest_.events = counts->events;
    manifest_.receipts = counts->receipts;
  }
  auto bytes = files.size(unfinished_);
  if (!bytes) return Err{bytes.error()};
  auto digest = sha256_of_file(unfinished_);
  if (!digest) return Err{digest.error()};
  manifest_.bytes = *bytes;
  manifest_.sha256 = *digest;
  if (auto named = files.rename(unfinished_, database); !named) return named;
  if (auto synced = files.sync_directory(target_); !synced) return synced;
  return write_manifest(target_, manifest_);
}

}  // namespace pim::store::sqlite
