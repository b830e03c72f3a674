#include "readmodel/read_pool.h"

#include <utility>

#include "readmodel/derived_file.h"

namespace pim::readmodel {

using store::sqlite::Run;

store::StoreResult<std::unique_ptr<ReadConnection>> open_read_connection(const std::string& path) {
  auto connection = open_derived_reader(path);
  if (!connection) return Err{connection.error()};
  auto opened = std::make_unique<ReadConnection>(std::move(*connection));
  const std::pair<store::sqlite::Statement*, std::string_view> statements[] = {
      {&opened->begin, "BEGIN"},
      {&opened->end, "COMMIT"},
      {&opened->checkpoint, "SELECT position FROM checkpoint WHERE bucket=?"},
      {&opened->checkpoints, "SELECT bucket, position FROM checkpoint"},
      {&opened->patient, "SELECT tenant, version, facts FROM patient WHERE patient_id=?"},
      {&opened->encounter, "SELECT doc FROM encounter WHERE patient_id=? AND encounter_id=?"},
      {&opened->encounters_of_patient,
       "SELECT admitted_at, encounter_id, doc FROM encounter"
       " WHERE patient_id=? AND (admitted_at, encounter_id) < (?, ?)"
       " ORDER BY admitted_at DESC, encounter_id DESC"},
      {&opened->bills_of_patient,
       "SELECT admitted_at, encounter_id, doc FROM encounter"
       " WHERE patient_id=? AND (admitted_at, encounter_id) <= (?, ?) AND bills > 0"
       " ORDER BY admitted_at DESC, encounter_id DESC"},
      {&opened->reference, "SELECT tenant, version, doc FROM reference_data WHERE id=? AND kind=?"},
      {&opened->encounters_of_provider,
       "SELECT admitted_at, encounter_id, patient_id, doc FROM encounter"
       " WHERE provider_id=? AND (admitted_at, encounter_id, patient_id) < (?, ?, ?) AND tenant=?"
       " ORDER BY admitted_at DESC, encounter_id DESC, patient_id DESC"},
      {&opened->census,
       "SELECT admitted_at, encounter_id, patient_id, doc FROM encounter"
       " WHERE facility_id=? AND (admitted_at, encounter_id, patient_id) < (?, ?, ?) AND tenant=?"
       " AND status = 0 ORDER BY admitted_at DESC, encounter_id DESC, patient_id DESC"},
      {&opened->encounters_of_day,
       "SELECT admitted_at, encounter_id, patient_id, doc FROM encounter"
       " WHERE tenant=? AND admitted_at >= ? AND (admitted_at, encounter_id, patient_id) < (?, ?, "
       "?)"
       " ORDER BY admitted_at DESC, encounter_id DESC, patient_id DESC"}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = opened->connection.prepare(sql);
    if (!prepared) return Err{prepared.error()};
    *statement = std::move(*prepared);
  }
  return opened;
}

ReadPool::ReadPool(std::string path, std::uint32_t connections)
    : path_(std::move(path)), limit_(connections) {}

QueryResult<ReadPool::Lease> ReadPool::take(std::chrono::steady_clock::time_point deadline) {
  std::unique_ptr<ReadConnection> connection;
  {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_until(lock, deadline, [&] { return !closing_ && leased_ < limit_; })) {
      return Err{QueryError{QueryErrorKind::timeout, "every read connection is busy"}};
    }
    ++leased_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!connection) {
    auto opened = open_read_connection(path_);
    if (!opened) {
      put_back(nullptr);
      return Err{QueryError{QueryErrorKind::unavailable, opened.error().message}};
    }
    connection = std::move(*opened);
  }
  Lease lease(*this, std::move(connection));
  Run run(lease->begin);
  if (run.step() != SQLITE_DONE) {
    return Err{QueryError{QueryErrorKind::unavailable,
                          lease->connection.error("beginning to read").message}};
  }
  return lease;
}

ReadPool::Lease::~Lease() {
  if (!connection_) return;  // moved from
  (void)Run(connection_->end).step();
  // What could not be ended may not be used again.
  if (sqlite3_get_autocommit(connection_->connection.raw()) == 0) connection_.reset();
  pool_->put_back(std::move(connection_));
}

void ReadPool::put_back(std::unique_ptr<ReadConnection> connection) {
  {
    const std::lock_guard lock(mutex_);
    --leased_;
    if (connection) idle_.push_back(std::move(connection));
  }
  returned_.notify_all();
}

void ReadPool::with_all_closed(const std::function<void()>& swap) {
  std::unique_lock lock(mutex_);
  closing_ = true;
  returned_.wait(lock, [&] { return leased_ == 0; });
  idle_.clear();
  swap();
  closing_ = false;
  lock.unlock();
  returned_.notify_all();
}

}  // namespace pim::readmodel
