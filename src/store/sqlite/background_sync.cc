#include "store/sqlite/background_sync.h"

#include "store/planted.h"
#include "telemetry/thread_name.h"

namespace pim::store::sqlite {

void BackgroundSync::start() {
  wait();
  under_way_ = true;
  if (in_place_) {
    sync();
  } else {
    thread_ = std::thread([this] {
      telemetry::name_thread("store-sync");
      sync();
    });
  }
}

void BackgroundSync::sync() {
  const auto started = std::chrono::steady_clock::now();
  const bool done =
      planted(Bug::skip_sync) || file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL) == SQLITE_OK;
  syncs_.observe(std::chrono::steady_clock::now() - started);
  if (!done) failed_ = true;
  under_way_ = false;
}

void BackgroundSync::wait() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace pim::store::sqlite
