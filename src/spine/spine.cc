#include "spine/spine.h"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "spine/spine_core.h"
#include "telemetry/thread_name.h"

namespace pim::spine {
namespace {

// How long an executor sleeps at most: the committer's retries are driven from its loop.
constexpr std::chrono::milliseconds kLongestSleep{50};

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

class ThreadedSpine final : public Spine {
 public:
  ThreadedSpine(store::EventStore& store, const SpineOptions& options, const Ownership& ownership)
      : core_(store, clock_, options, ownership, random_seed()) {
    for (const auto& shard : core_.shards()) {
      threads_.emplace_back([this, &each = *shard, number = threads_.size()] {
        telemetry::name_thread("shard", number);
        run(each);
      });
    }
  }
  ~ThreadedSpine() override {
    core_.stop();
    for (auto& thread : threads_) thread.join();
  }
  ThreadedSpine(const ThreadedSpine&) = delete;
  ThreadedSpine& operator=(const ThreadedSpine&) = delete;

  void submit(CommandRequest request, Reply reply) override {
    core_.submit(std::move(request), std::move(reply));
  }
  std::optional<Shed> turn_away(StreamId stream) override { return core_.turn_away(stream); }
  bool drain(std::chrono::milliseconds limit) override {
    core_.open().close();
    return core_.open().wait_empty(limit);
  }
  bool writable() const override { return !core_.open().closed() && core_.committer().writable(); }

  std::vector<ShardStats> shard_stats() const override {
    std::vector<ShardStats> stats;
    for (const auto& shard : core_.shards()) stats.push_back(shard->stats());
    return stats;
  }
  CommitterStats committer_stats() const override { return core_.committer().stats(); }
  ReferenceStats reference_stats() const override { return core_.references().stats(); }

 private:
  void run(Shard& shard) const {
    while (!shard.stopped()) {
      const MonoTime woken = clock_.now();
      const MonoTime deadline = shard.run_once();
      const MonoTime now = clock_.now();
      shard.was_busy(now - woken);
      if (deadline <= now) continue;
      shard.wait(std::min<std::chrono::nanoseconds>(deadline - now, kLongestSleep));
    }
  }

  const SteadyClock clock_{};
  SpineCore core_;
  std::vector<std::thread> threads_;
};

}  // namespace

store::StoreResult<std::unique_ptr<Spine>> Spine::start(store::EventStore& store,
                                                        const SpineOptions& options) {
  auto ownership = read_ownership(store);
  if (!ownership.ok()) return Err{std::move(ownership.error())};
  return std::unique_ptr<Spine>(std::make_unique<ThreadedSpine>(store, options, ownership.value()));
}

}  // namespace pim::spine
