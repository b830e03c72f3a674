#include "store/sqlite/gate.h"

#include <utility>

namespace pim::store::sqlite {

void Gate::close_all() {
  const std::unique_lock nobody_within(files_);
  const std::lock_guard lock(sessions_mutex_);
  for (ReadSession* session : sessions_) session->queries_.reset();
}

ReadSession::ReadSession(std::shared_ptr<Gate> gate, std::string database, std::string vfs)
    : gate_(std::move(gate)), database_(std::move(database)), vfs_(std::move(vfs)) {
  const std::lock_guard lock(gate_->sessions_mutex_);
  gate_->sessions_.insert(this);
}

ReadSession::~ReadSession() {
  const std::shared_lock within(gate_->files_);
  const std::lock_guard lock(gate_->sessions_mutex_);
  gate_->sessions_.erase(this);
  queries_.reset();
}

StoreResult<Queries*> ReadSession::current_files() {
  if (!gate_->in_service()) {
    return Err{StoreError{StoreErrorKind::unavailable,
                          "the store is out of service: recovering, or closed"}};
  }
  if (queries_) return queries_.get();
  auto opened = Queries::open(database_, vfs_);
  if (!opened) return Err{opened.error()};
  queries_ = std::make_unique<Queries>(std::move(*opened));
  return queries_.get();
}

}  // namespace pim::store::sqlite
