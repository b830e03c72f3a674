#include "store/sqlite/writer.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

#include "store/append_rules.h"
#include "store/planted.h"
#include "store/sqlite/recovery.h"
#include "telemetry/thread_name.h"

namespace pim::store::sqlite {
namespace {

constexpr std::size_t kSnapshotsWaiting = 4096;  // beyond it the oldest are dropped
constexpr std::size_t kSnapshotsWithABatch = 8;  // they lengthen its commit
constexpr std::size_t kSnapshotsAlone = 64;
constexpr std::size_t kReceiptsRemovedAtOnce = 200;
constexpr int kBackupPagesAtOnce = 256;

Err<StoreError> unavailable(std::string message) {
  return Err{StoreError{StoreErrorKind::unavailable, std::move(message)}};
}
Err<StoreError> closing_error() { return unavailable("the store is closing"); }

UtcMillis system_now() {
  return UtcMillis{std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count()};
}

}  // namespace

Writer::Writer(const SqliteOptions& options, Files& files, std::shared_ptr<Gate> gate,
               std::unique_ptr<WriteSession> session, Meter& meter)
    : options_(options),
      files_(files),
      gate_(std::move(gate)),
      meter_(meter),
      session_(std::move(session)),
      thread_([this] {
        telemetry::name_thread("store-write");
        run();
      }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::append(std::vector<Append> batch, BatchDone done) {
  {
    const std::lock_guard lock(mutex_);
    batches_.push_back({std::move(batch), std::move(done), telemetry::current_span()});
  }
  wake_.notify_one();
}

void Writer::save_snapshot(Snapshot snapshot) {
  {
    const std::lock_guard lock(mutex_);
    if (snapshots_.size() >= kSnapshotsWaiting) snapshots_.pop_front();
    snapshots_.push_back(std::move(snapshot));
  }
  wake_.notify_one();
}

void Writer::recover(Done done) {
  {
    const std::lock_guard lock(mutex_);
    control_.emplace_back([this, done = std::move(done)](bool closing) {
      done(closing ? StoreResult<void>(closing_error()) : recover_now());
    });
  }
  wake_.notify_one();
}

StoreResult<void> Writer::change_head(const BucketHead& expected, const BucketHead& next) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    return Err{StoreError{StoreErrorKind::rejected, "change_head: called from a completion"}};
  }
  std::promise<StoreResult<void>> promise;
  auto future = promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    control_.emplace_back([&, this](bool closing) {
      if (closing || service_ != Service::up) {
        promise.set_value(closing ? closing_error() : unavailable("the store is out of service"));
        return;
      }
      auto changed = session_->change_heads({{expected, next}});
      if (!session_->trusted()) leave_service(Service::awaits_recover);
      promise.set_value(std::move(changed));
    });
  }
  wake_.notify_one();
  return future.get();
}

void Writer::backup(const std::string& target_directory, Done done) {
  {
    const std::lock_guard lock(mutex_);
    control_.emplace_back([this, target_directory, work = telemetry::current_work(),
                           done = std::move(done)](bool closing) {
      if (closing || service_ != Service::up) {
        done(closing ? closing_error() : unavailable("the store is out of service"));
      } else if (backup_ && !backup_->ended()) {
        done(Err{StoreError{StoreErrorKind::conflict, "another backup is under way"}});
      } else {
        backup_.reset();
        backup_ = OnlineBackup::start(session_->connection(), target_directory, session_->node(),
                                      now(), work, done);
      }
    });
  }
  wake_.notify_one();
}

void Writer::step_backup() {
  if (backup_) backup_->step(kBackupPagesAtOnce);
}

UtcMillis Writer::now() const { return options_.now ? options_.now() : system_now(); }

std::vector<Snapshot> Writer::take_snapshots(std::size_t limit) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(limit, snapshots_.size()));
  std::vector<Snapshot> taken(std::make_move_iterator(snapshots_.begin()),
                              std::make_move_iterator(snapshots_.begin() + count));
  snapshots_.erase(snapshots_.begin(), snapshots_.begin() + count);
  return taken;
}

void Writer::run() {
  while (true) {
    try_to_heal();
    std::function<void(bool)> control;
    Batch batch;
    bool has_batch = false;
    std::vector<Snapshot> snapshots;
    {
      std::unique_lock lock(mutex_);
      const auto patience =
          service_ == Service::heals_itself ? options_.heal_interval : options_.idle;
      const bool copying = backup_ && backup_->copying();
      wake_.wait_for(lock, copying ? std::chrono::milliseconds(0) : patience, [this] {
        return closing_ || !control_.empty() || !batches_.empty() || !snapshots_.empty();
      });
      if (closing_) break;
      if (!control_.empty()) {
        control = std::move(control_.front());
        control_.pop_front();
      } else if (!batches_.empty()) {
        batch = std::move(batches_.front());
        batches_.pop_front();
        has_batch = true;
        snapshots = take_snapshots(kSnapshotsWithABatch);
      } else {
        snapshots = take_snapshots(kSnapshotsAlone);
      }
    }
    if (control) {
      control(false);
    } else if (has_batch || !snapshots.empty()) {
      write(std::move(batch), snapshots);
      step_backup();
    } else if (backup_ && backup_->copying()) {
      step_backup();
    } else {
      do_idle_work();
    }
  }
  refuse_everything();
  gate_->take_out_of_service();
  gate_->close_all();
  backup_.reset();
  if (session_ && service_ == Service::up) session_->checkpoint_fully();
  session_.reset();
}

void Writer::refuse_everything() {
  while (true) {
    std::deque<std::function<void(bool)>> control;
    std::deque<Batch> batches;
    {
      const std::lock_guard lock(mutex_);
      control.swap(control_);
      batches.swap(batches_);
    }
    if (control.empty() && batches.empty()) return;  // completions may have submitted more
    for (auto& each : control) each(true);
    for (Batch& each : batches) each.done(closing_error());
  }
}

void Writer::write(Batch batch, const std::vector<Snapshot>& snapshots) {
  std::optional<telemetry::SpanScope> scope;
  if (batch.span) scope.emplace(*batch.span);
  WriteSession::Committed committed = write_checked(batch.appends, snapshots);
  scope.reset();  // what `done` submits is not of this batch
  if (service_ == Service::up && !session_->trusted() && batch.done) {
    leave_service(Service::awaits_recover);  // before the caller hears of it
  }
  // Before the answer: whoever has it and asks how far a projection is behind, is told of these.
  if (!committed.events.empty() && listener_) {
    listener_(std::make_shared<const std::vector<EventRecord>>(std::move(committed.events)));
  }
  if (batch.done) batch.done(std::move(committed.result));
  if (service_ == Service::up) session_->checkpoint_after_commit();
  heal_if_untrusted();
}

WriteSession::Committed Writer::write_checked(std::vector<Append>& appends,
                                              const std::vector<Snapshot>& snapshots) {
  if (service_ != Service::up) {
    return {unavailable("the store is out of service until its recovery succeeds"), {}};
  }
  for (const Append& append : appends) {
    if (auto error = malformed(append)) return {Err{std::move(*error)}, {}};
  }
  auto free = files_.free_bytes(options_.directory);
  if (!free) return {Err{std::move(free.error())}, {}};
  if (*free < options_.low_water_bytes) {
    return {Err{StoreError{StoreErrorKind::disk_low,
                           options_.directory + " has " + std::to_string(*free >> 20) +
                               " MiB free, below the low-water mark of " +
                               std::to_string(options_.low_water_bytes >> 20) +
                               " MiB: reads only until space is made"}},
            {}};
  }
  return session_->append(appends, snapshots);
}

// After a failure that no caller has seen, so that none will ask for recover().
void Writer::heal_if_untrusted() {
  if (service_ != Service::up || session_->trusted()) return;
  leave_service(Service::heals_itself);
  try_to_heal();
}

void Writer::try_to_heal() {
  if (service_ != Service::heals_itself || std::chrono::steady_clock::now() < heal_at_) return;
  (void)recover_now();
  heal_at_ = std::chrono::steady_clock::now() + options_.heal_interval;
}

void Writer::leave_service(Service reason) {
  service_ = reason;
  gate_->take_out_of_service();
}

StoreResult<void> Writer::recover_now() {
  gate_->take_out_of_service();
  if (service_ == Service::up) service_ = Service::awaits_recover;
  gate_->close_all();
  if (backup_) backup_->abandon_copy();
  session_.reset();
  if (!planted(Bug::reopen_in_place)) {
    if (auto rewritten = rewrite_store_files(files_, options_.directory); !rewritten) {
      return rewritten;
    }
  }
  auto session = WriteSession::open(options_, files_, meter_);
  if (!session) return Err{std::move(session.error())};
  session_ = std::move(*session);
  service_ = Service::up;
  gate_->put_in_service();
  return {};
}

void Writer::do_idle_work() {
  if (service_ != Service::up) return;
  const auto kept = std::chrono::duration_cast<std::chrono::milliseconds>(options_.keep_rejected);
  // What fails here is tried again when idle next time.
  (void)session_->remove_rejected(UtcMillis{now().value - kept.count()}, kReceiptsRemovedAtOnce);
  if (session_->trusted()) session_->checkpoint_when_idle();
  heal_if_untrusted();
}

}  // namespace pim::store::sqlite
