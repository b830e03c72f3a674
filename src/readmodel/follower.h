// Follows a store's history: one thread feeds a Sink, in batches, with the events that the store
// hands over as it commits them, and reads from the store what it was not handed. It applies an
// event only where it goes on from the last one of its bucket, so whatever was not announced, or
// was dropped because this thread is behind, costs a read: at the next event of that bucket, or
// after one polling interval.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "readmodel/read_model.h"
#include "readmodel/sink.h"
#include "store/event_store.h"
#include "telemetry/sampler.h"
#include "telemetry/scoped_span.h"

namespace pim::readmodel {

struct FollowerOptions {
  std::string name;                          // in logs: "projection", "audit index"
  int niceness = 5;                          // nobody who waits for a commit waits behind a batch
  std::chrono::milliseconds batch_time{10};  // a batch is committed after this long
  std::size_t batch_events = 4'000;          // or this many events
  std::size_t page_events = 500;             // read from one bucket at a time
  std::size_t fed_events = 20'000;           // handed over and waiting; beyond it they are read
  // After a batch that left nothing waiting: more events a batch cost less. Not while anyone waits.
  std::chrono::milliseconds gather{0};
  std::chrono::milliseconds poll_interval{1'000};  // between scans of the heads
  std::chrono::milliseconds retry_interval{200};   // after a failed read or commit
  telemetry::Tracer* tracer = nullptr;  // outlives it; of batches, one a second at most has a trace
};

class Follower {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `store` outlives it. Scans the heads and starts the thread.
  static store::StoreResult<std::unique_ptr<Follower>> start(store::EventStore& store,
                                                             std::unique_ptr<Sink> sink,
                                                             FollowerOptions options);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void announce(const store::CommittedEvents& events);  // thread-safe, never blocks

  std::uint64_t applied(BucketId bucket) const {
    return applied_[bucket.value].load(std::memory_order_acquire);
  }
  // The bucket's epoch when its head was last read.
  Epoch epoch(BucketId bucket) const {
    return Epoch{epochs_[bucket.value].load(std::memory_order_acquire)};
  }
  // Thread-safe. False at the deadline.
  bool wait_for(BucketId bucket, std::uint64_t position, TimePoint deadline);
  bool catch_up(TimePoint deadline);
  // Of what was announced, and of what the last scan of the heads found: reads nothing.
  Lag lag() const;
  ProjectionStats stats() const;

  // By bucket: the last position committed to the store, at most `max_age` old; the last known ones
  // while the store cannot be read.
  std::vector<std::uint64_t> committed(std::chrono::milliseconds max_age) const;
  // Where an ended epoch ended, as Reader::last_position_of().
  store::StoreResult<std::optional<std::uint64_t>> last_position_of(BucketId bucket, Epoch epoch);

  // Runs `replace(sink)` on the follower's thread, between two batches, and reads on from the
  // checkpoints of the sink that it leaves there. Returns when done.
  void replace_sink(const std::function<void(std::unique_ptr<Sink>& sink)>& replace);

 private:
  struct Pending {
    BucketId bucket;
    TimePoint since;
  };
  struct Fed {
    store::CommittedEvents events;
    TimePoint since;
  };

  Follower(std::unique_ptr<Sink> sink, FollowerOptions options);
  void run();
  bool wait_for_work();
  TimePoint held_until_locked(TimePoint now);
  void run_task();
  void run_batch();
  telemetry::Tracer* batch_tracer();
  void describe(telemetry::ScopedSpan& span);
  bool idle_locked() const { return queue_.empty() && fed_.empty(); }
  bool take_next(Pending& work);
  bool take_fed(Fed& fed);
  std::optional<store::StoreError> read_into_sink(const Pending& work);
  std::optional<store::StoreError> feed_sink(const Fed& fed);
  // True: the bucket's next event may be taken.
  store::StoreResult<bool> take(const store::EventRecord& event);
  void back_off(const store::StoreError& error);
  void enqueue_locked(const Pending& work);
  void requeue_locked(const Pending& work);
  void restart_from_checkpoints();
  void publish();
  void scan_heads();
  store::StoreResult<void> refresh_heads(std::chrono::milliseconds max_age) const;
  std::vector<std::uint64_t> last_known() const;
  void learn(BucketId bucket, std::uint64_t position) const;
  void enqueue_behind(const std::vector<std::uint64_t>& targets);
  void mark_stuck(const store::EventRecord& event, const std::string& why);

  const FollowerOptions options_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> applied_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> epochs_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> known_;  // by bucket: the last position heard of
  std::atomic<std::uint64_t> applied_events_{0};
  std::atomic<std::uint64_t> stuck_buckets_{0};
  telemetry::Histogram commits_;

  // The thread's own.
  std::unique_ptr<Sink> sink_;
  std::unique_ptr<store::Reader> reader_;
  std::vector<Checkpoint> reached_;  // by bucket: taken into the open batch
  std::vector<Pending> batch_;       // the buckets in the open batch
  std::size_t batch_events_ = 0;
  std::vector<bool> stuck_;  // an event cannot be read: the bucket waits for the next start
  bool failing_ = false;
  TimePoint next_poll_;
  telemetry::Sampler traced_{{.rate = 1, .share = 0}};

  // What the thread waits for, and what waits for it.
  mutable std::mutex queue_mutex_;
  std::condition_variable work_;
  std::condition_variable progress_;
  std::deque<Pending> queue_;  // buckets to be read
  std::vector<bool> queued_;
  std::deque<Fed> fed_;
  std::size_t fed_waiting_ = 0;            // events in fed_
  std::optional<TimePoint> batch_since_;   // the oldest announcement in the open batch
  std::optional<TimePoint> paused_until_;  // after a failure
  TimePoint gather_until_;
  unsigned waiters_ = 0;
  std::function<void()> task_;  // runs between two batches
  bool stop_ = false;

  // Other threads' view of the store.
  mutable std::mutex heads_mutex_;
  std::unique_ptr<store::Reader> heads_reader_;
  mutable std::vector<std::uint64_t> committed_;
  mutable TimePoint committed_at_;

  std::mutex replace_mutex_;  // one replace_sink() at a time
  std::thread thread_;
};

// False where the checkpoints cannot have come from this store's history: they are beyond a head,
// or the chain does not go on from them. The file is then of another history, and worthless.
store::StoreResult<bool> same_history(const std::vector<Checkpoint>& checkpoints,
                                      store::Reader& reader);

}  // namespace pim::readmodel
