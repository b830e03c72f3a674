#include "readmodel/follower.h"

#include <algorithm>
#include <utility>

#include "telemetry/log.h"
#include "telemetry/thread_name.h"

namespace pim::readmodel {
namespace {

using std::chrono::steady_clock;

}  // namespace

store::StoreResult<std::unique_ptr<Follower>> Follower::start(store::EventStore& store,
                                                              std::unique_ptr<Sink> sink,
                                                              FollowerOptions options) {
  auto reader = store.open_reader();
  if (!reader) return Err{reader.error()};
  auto heads_reader = store.open_reader();
  if (!heads_reader) return Err{heads_reader.error()};

  std::unique_ptr<Follower> follower(new Follower(std::move(sink), std::move(options)));
  follower->reader_ = std::move(*reader);
  follower->heads_reader_ = std::move(*heads_reader);
  if (auto read = follower->refresh_heads(std::chrono::milliseconds{0}); !read) {
    return Err{read.error()};
  }
  follower->enqueue_behind(follower->committed_);
  follower->thread_ = std::thread([raw = follower.get()] {
    telemetry::name_thread(raw->options_.name);
    telemetry::be_nice(raw->options_.niceness);
    raw->run();
  });
  return follower;
}

Follower::Follower(std::unique_ptr<Sink> sink, FollowerOptions options)
    : options_(std::move(options)),
      applied_(new std::atomic<std::uint64_t>[kBuckets] {}),
      epochs_(new std::atomic<std::uint64_t>[kBuckets] {}),
      known_(new std::atomic<std::uint64_t>[kBuckets] {}),
      sink_(std::move(sink)),
      stuck_(kBuckets, false),
      next_poll_(steady_clock::now() + options_.poll_interval),
      queued_(kBuckets, false),
      committed_(kBuckets, 0) {
  restart_from_checkpoints();
}

Follower::~Follower() {
  {
    const std::lock_guard lock(queue_mutex_);
    stop_ = true;
  }
  work_.notify_all();
  progress_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Follower::announce(const store::CommittedEvents& events) {
  const auto now = steady_clock::now();
  for (const auto& event : *events) learn(event.bucket, event.position);
  const std::lock_guard lock(queue_mutex_);
  const bool was_idle = idle_locked();
  if (fed_waiting_ + events->size() <= options_.fed_events) {
    fed_.push_back({events, now});
    fed_waiting_ += events->size();
  } else {
    for (const auto& event : *events) enqueue_locked({event.bucket, now});
  }
  // Within the lock: whoever destroys this takes it first, and so waits for this call to end.
  if (was_idle) work_.notify_one();
}

// --- the thread

void Follower::run() {
  while (wait_for_work()) {
    run_task();
    if (steady_clock::now() >= next_poll_) scan_heads();
    run_batch();
  }
}

bool Follower::wait_for_work() {
  std::unique_lock lock(queue_mutex_);
  for (;;) {
    if (stop_) return false;
    if (task_) return true;
    const auto now = steady_clock::now();
    const auto held_until = held_until_locked(now);
    if (held_until > now) {
      work_.wait_until(lock, held_until);
    } else if (!idle_locked() || now >= next_poll_) {
      return true;
    } else {
      work_.wait_until(lock, next_poll_);
    }
  }
}

Follower::TimePoint Follower::held_until_locked(TimePoint now) {
  if (paused_until_ && now >= *paused_until_) paused_until_.reset();
  if (paused_until_) return *paused_until_;
  return waiters_ > 0 ? now : gather_until_;
}

void Follower::run_task() {
  std::function<void()> task;
  {
    const std::lock_guard lock(queue_mutex_);
    task = std::exchange(task_, nullptr);
  }
  if (task) task();
}

// Few enough not to crowd out the requests' traces; null also where nothing waits.
telemetry::Tracer* Follower::batch_tracer() {
  if (options_.tracer == nullptr) return nullptr;
  {
    const std::lock_guard lock(queue_mutex_);
    if (idle_locked()) return nullptr;
  }
  const bool kept = traced_.keep(telemetry::TraceContext::root(), steady_clock::now());
  return kept ? options_.tracer : nullptr;
}

void Follower::describe(telemetry::ScopedSpan& span) {
  std::vector<std::uint16_t> buckets;
  buckets.reserve(batch_.size());
  for (const Pending& work : batch_) buckets.push_back(work.bucket.value);
  std::ranges::sort(buckets);
  const auto repeated = std::ranges::unique(buckets);
  span.set("pim.events", batch_events_);
  span.set("pim.buckets", buckets.size() - repeated.size());
  const std::lock_guard lock(queue_mutex_);
  span.set("pim.buckets.behind", queue_.size());
  span.set("pim.events.waiting", fed_waiting_);
  if (batch_since_) {
    const std::chrono::duration<double> lag = steady_clock::now() - *batch_since_;
    span.set("pim.lag_seconds", lag.count());
  }
}

void Follower::run_batch() {
  telemetry::ScopedSpan span(batch_tracer(), options_.name);
  const auto end = steady_clock::now() + options_.batch_time;
  std::optional<store::StoreError> error;
  Pending work;
  Fed fed;
  while (!error && batch_events_ < options_.batch_events) {
    if (take_fed(fed)) {
      error = feed_sink(fed);
    } else if (take_next(work)) {
      batch_.push_back(work);
      error = read_into_sink(work);
    } else {
      break;
    }
    if (steady_clock::now() >= end) break;
  }
  if (batch_events_ > 0) {
    const auto began = steady_clock::now();
    if (auto done = sink_->commit(); !done) error = done.error();
    commits_.observe(steady_clock::now() - began);
    if (!error) applied_events_.fetch_add(batch_events_, std::memory_order_relaxed);
  }
  if (error) {
    span.fail(to_string(error->kind));
  } else if (batch_events_ == 0) {
    span.discard();
  }
  if (span.kept()) describe(span);
  if (error) {
    reached_ = sink_->checkpoints();
    back_off(*error);
  } else if (!batch_.empty() && std::exchange(failing_, false)) {
    telemetry::log(telemetry::Level::info, "follows the history again", {{"name", options_.name}});
  }
  publish();
}

// The batch's buckets are read again, later; those that were committed have nothing to read then.
void Follower::back_off(const store::StoreError& error) {
  if (!std::exchange(failing_, true)) {
    telemetry::log(telemetry::Level::warn, "cannot follow the history; trying again",
                   {{"name", options_.name}, {"why", error.message}});
  }
  const std::lock_guard lock(queue_mutex_);
  for (const Pending& work : batch_) requeue_locked(work);
  paused_until_ = steady_clock::now() + options_.retry_interval;
}

// Where the bucket is queued already, it is so since an earlier time.
void Follower::enqueue_locked(const Pending& work) {
  if (queued_[work.bucket.value]) return;
  queued_[work.bucket.value] = true;
  queue_.push_back(work);
}

// With a bucket that waits since before what is queued.
void Follower::requeue_locked(const Pending& work) {
  if (!queued_[work.bucket.value]) return enqueue_locked(work);
  for (Pending& waiting : queue_) {
    if (waiting.bucket == work.bucket) waiting.since = std::min(waiting.since, work.since);
  }
}

bool Follower::take_next(Pending& work) {
  const std::lock_guard lock(queue_mutex_);
  if (queue_.empty() || paused_until_) return false;
  work = queue_.front();
  queue_.pop_front();
  // Unmarked before the bucket is read: whoever commits after that read announces it again.
  queued_[work.bucket.value] = false;
  if (!batch_since_ || work.since < *batch_since_) batch_since_ = work.since;
  return true;
}

bool Follower::take_fed(Fed& fed) {
  const std::lock_guard lock(queue_mutex_);
  if (fed_.empty() || paused_until_) return false;
  fed = std::move(fed_.front());
  fed_.pop_front();
  fed_waiting_ -= fed.events->size();
  if (!batch_since_ || fed.since < *batch_since_) batch_since_ = fed.since;
  return true;
}

std::optional<store::StoreError> Follower::feed_sink(const Fed& fed) {
  std::optional<store::StoreError> error;
  for (const auto& event : *fed.events) {
    const std::uint64_t reached = reached_[event.bucket.value].position;
    if (event.position <= reached) continue;  // read from the store meanwhile
    const Pending work{event.bucket, fed.since};
    batch_.push_back(work);
    if (error) continue;  // back_off() has the rest read
    if (event.position > reached + 1) {
      if (stuck_[event.bucket.value]) continue;
      const std::lock_guard lock(queue_mutex_);
      enqueue_locked(work);
      continue;
    }
    if (auto taken = take(event); !taken) error = taken.error();
  }
  return error;
}

store::StoreResult<bool> Follower::take(const store::EventRecord& event) {
  Checkpoint& reached = reached_[event.bucket.value];
  if (stuck_[event.bucket.value]) return false;
  if (event.position != reached.position + 1 || event.prev_hash != reached.hash) {
    mark_stuck(event, "it does not follow the event before it");
    return false;
  }
  auto taken = sink_->apply(event);
  if (!taken && taken.error().kind == store::StoreErrorKind::corrupt) {
    mark_stuck(event, taken.error().message);
    return false;
  }
  if (!taken) return Err{taken.error()};
  reached = {event.position, event.hash};
  ++batch_events_;
  return true;
}

// An error ends the batch; what was taken until then holds.
std::optional<store::StoreError> Follower::read_into_sink(const Pending& work) {
  if (stuck_[work.bucket.value]) return std::nullopt;
  const std::uint64_t after = reached_[work.bucket.value].position;
  auto events = reader_->read_bucket(work.bucket, after, options_.page_events);
  if (!events) return events.error();
  for (const auto& event : *events) {
    auto taken = take(event);
    if (!taken) return taken.error();
    if (!*taken) return std::nullopt;
  }
  if (events->size() == options_.page_events) {
    const std::lock_guard lock(queue_mutex_);
    requeue_locked(work);
  }
  return std::nullopt;
}

// One bucket that cannot be read must not stop the others; its lag shows.
void Follower::mark_stuck(const store::EventRecord& event, const std::string& why) {
  stuck_[event.bucket.value] = true;
  stuck_buckets_.fetch_add(1, std::memory_order_relaxed);
  telemetry::log(telemetry::Level::error, "an event cannot be followed; its bucket waits",
                 {{"name", options_.name},
                  {"bucket", std::to_string(event.bucket.value)},
                  {"position", std::to_string(event.position)},
                  {"why", why}});
}

void Follower::restart_from_checkpoints() {
  reached_ = sink_->checkpoints();
  stuck_.assign(kBuckets, false);
  stuck_buckets_.store(0, std::memory_order_relaxed);
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    applied_[bucket].store(reached_[bucket].position, std::memory_order_release);
  }
}

void Follower::publish() {
  for (const Pending& work : batch_) {
    applied_[work.bucket.value].store(reached_[work.bucket.value].position,
                                      std::memory_order_release);
  }
  batch_.clear();
  batch_events_ = 0;
  {
    const std::lock_guard lock(queue_mutex_);
    batch_since_.reset();
    if (idle_locked()) gather_until_ = steady_clock::now() + options_.gather;
  }
  progress_.notify_all();
}

void Follower::scan_heads() {
  next_poll_ = steady_clock::now() + options_.poll_interval;
  // A failure shows in the next batch, too; here it only means that nothing new is known.
  if (refresh_heads(options_.poll_interval)) enqueue_behind(last_known());
}

void Follower::enqueue_behind(const std::vector<std::uint64_t>& targets) {
  const auto now = steady_clock::now();
  {
    const std::lock_guard lock(queue_mutex_);
    for (std::size_t i = 0; i < kBuckets; ++i) {
      const BucketId bucket{static_cast<std::uint16_t>(i)};
      if (targets[i] > applied(bucket)) enqueue_locked({bucket, now});
    }
  }
  work_.notify_one();
}

// --- other threads

bool Follower::wait_for(BucketId bucket, std::uint64_t position, TimePoint deadline) {
  if (applied(bucket) >= position) return true;
  std::unique_lock lock(queue_mutex_);
  if (waiters_++ == 0) work_.notify_one();
  progress_.wait_until(lock, deadline, [&] { return stop_ || applied(bucket) >= position; });
  --waiters_;
  return applied(bucket) >= position;
}

bool Follower::catch_up(TimePoint deadline) {
  if (!refresh_heads(std::chrono::milliseconds{0})) return false;
  const auto targets = last_known();
  enqueue_behind(targets);
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (!wait_for(BucketId{static_cast<std::uint16_t>(i)}, targets[i], deadline)) return false;
  }
  return true;
}

Lag Follower::lag() const {
  Lag lag;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const std::uint64_t done = applied(BucketId{static_cast<std::uint16_t>(i)});
    const std::uint64_t known = known_[i].load(std::memory_order_relaxed);
    if (known > done) lag.events_behind += known - done;
  }
  if (lag.events_behind == 0) return lag;
  const auto now = steady_clock::now();
  auto oldest = now;
  const std::lock_guard lock(queue_mutex_);
  if (batch_since_) oldest = *batch_since_;
  for (const Pending& waiting : queue_) oldest = std::min(oldest, waiting.since);
  if (!fed_.empty()) oldest = std::min(oldest, fed_.front().since);
  lag.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - oldest);
  return lag;
}

ProjectionStats Follower::stats() const {
  return {lag(), applied_events_.load(std::memory_order_relaxed),
          stuck_buckets_.load(std::memory_order_relaxed), commits_.snapshot()};
}

void Follower::learn(BucketId bucket, std::uint64_t position) const {
  auto& known = known_[bucket.value];
  std::uint64_t before = known.load(std::memory_order_relaxed);
  while (before < position &&
         !known.compare_exchange_weak(before, position, std::memory_order_relaxed)) {
  }
}

std::vector<std::uint64_t> Follower::committed(std::chrono::milliseconds max_age) const {
  (void)refresh_heads(max_age);  // where it fails, the last known ones are the answer
  return last_known();
}

std::vector<std::uint64_t> Follower::last_known() const {
  const std::lock_guard lock(heads_mutex_);
  return committed_;
}

store::StoreResult<void> Follower::refresh_heads(std::chrono::milliseconds max_age) const {
  const std::lock_guard lock(heads_mutex_);
  const auto now = steady_clock::now();
  if (max_age.count() > 0 && committed_at_ + max_age > now) return {};
  auto heads = heads_reader_->heads();
  if (!heads) return Err{heads.error()};
  for (const auto& head : *heads) {
    committed_[head.bucket.value] = head.next_position - 1;
    learn(head.bucket, head.next_position - 1);
    epochs_[head.bucket.value].store(head.epoch.value, std::memory_order_release);
  }
  committed_at_ = now;
  return {};
}

store::StoreResult<std::optional<std::uint64_t>> Follower::last_position_of(BucketId bucket,
                                                                            Epoch epoch) {
  const std::lock_guard lock(heads_mutex_);
  return heads_reader_->last_position_of(bucket, epoch);
}

void Follower::replace_sink(const std::function<void(std::unique_ptr<Sink>& sink)>& replace) {
  const std::lock_guard one_at_a_time(replace_mutex_);
  std::unique_lock lock(queue_mutex_);
  bool done = false;
  task_ = [&] {
    replace(sink_);
    restart_from_checkpoints();
    next_poll_ = steady_clock::now();
    const std::lock_guard locked(queue_mutex_);
    done = true;
  };
  work_.notify_one();
  progress_.wait(lock, [&] { return done; });
}

store::StoreResult<bool> same_history(const std::vector<Checkpoint>& checkpoints,
                                      store::Reader& reader) {
  auto heads = reader.heads();
  if (!heads) return Err{heads.error()};
  for (const auto& head : *heads) {
    const Checkpoint& reached = checkpoints[head.bucket.value];
    const std::uint64_t last = head.next_position - 1;
    if (reached.position > last) return false;
    if (reached.position == last) {
      if (reached.hash != head.chain_hash) return false;
      continue;
    }
    auto next = reader.read_bucket(head.bucket, reached.position, 1);
    if (!next) return Err{next.error()};
    if (next->empty() || next->front().prev_hash != reached.hash) return false;
  }
  return true;
}

}  // namespace pim::readmodel
