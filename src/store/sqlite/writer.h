// The writer's thread: it owns the write session, and does one thing at a time with it. Heads and
// recovery first, then batches, then snapshots, then a step of a backup, then idle work.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/event_store.h"
#include "store/sqlite/gate.h"
#include "store/sqlite/online_backup.h"
#include "store/sqlite/options.h"
#include "store/sqlite/write_session.h"
#include "telemetry/current_span.h"

namespace pim::store::sqlite {

// Thread-safe but for on_commit().
class Writer {
 public:
  // `meter` is the one that `session` was opened with, and outlives the writer.
  Writer(const SqliteOptions& options, Files& files, std::shared_ptr<Gate> gate,
         std::unique_ptr<WriteSession> session, Meter& meter);
  // Completes what waits with `unavailable`, checkpoints and closes.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void append(std::vector<Append> batch, BatchDone done);
  void save_snapshot(Snapshot snapshot);
  void recover(Done done);
  StoreResult<void> change_head(const BucketHead& expected, const BucketHead& next);
  void backup(const std::string& target_directory, Done done);
  void on_commit(CommitListener listener) { listener_ = std::move(listener); }

 private:
  struct Batch {
    std::vector<Append> appends;
    BatchDone done;
    std::optional<telemetry::TraceContext> span;  // that the caller works for
  };
  // Why appends are refused.
  enum class Service { up, awaits_recover, heals_itself };

  void run();
  void write(Batch batch, const std::vector<Snapshot>& snapshots);
  WriteSession::Committed write_checked(std::vector<Append>& appends,
                                        const std::vector<Snapshot>& snapshots);
  void heal_if_untrusted();
  void try_to_heal();
  void leave_service(Service reason);
  StoreResult<void> recover_now();
  void do_idle_work();
  void step_backup();
  UtcMillis now() const;
  void refuse_everything();
  std::vector<Snapshot> take_snapshots(std::size_t limit);  // mutex_ is held

  const SqliteOptions options_;
  Files& files_;
  const std::shared_ptr<Gate> gate_;
  Meter& meter_;
  CommitListener listener_;

  // Of the writer's thread alone.
  std::unique_ptr<WriteSession> session_;
  std::unique_ptr<OnlineBackup> backup_;  // copies through the session: goes before it
  Service service_ = Service::up;
  std::chrono::steady_clock::time_point heal_at_{};  // not before

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void(bool closing)>> control_;  // guarded by mutex_, as all below
  std::deque<Batch> batches_;
  std::deque<Snapshot> snapshots_;
  bool closing_ = false;

  std::thread thread_;  // last: starts when all of the above is there
};

}  // namespace pim::store::sqlite
