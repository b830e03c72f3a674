#include "data/generate/ordered_output.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace pim::data::generate {
namespace {

class OrderedRun {
 public:
  OrderedRun(const BlockSource& source, std::uint64_t first, std::uint64_t end, unsigned threads,
             const Take& take, const OnBlock& on_block)
      : source_(source),
        first_(first),
        end_(end),
        take_(take),
        on_block_(on_block),
        unclaimed_(first),
        next_(first),
        ready_(std::size_t{2} * threads) {}

  void work() {
    auto texts = std::make_unique<Texts>();
    std::uint64_t block = 0;
    while (claim(block, texts)) {
      source_.make(block, *texts, [&] { return hand_over_part(block, *texts); });
      deliver(block, texts);
    }
  }
  bool stopped() const { return stopped_; }

 private:
  using Buffer = std::unique_ptr<Texts>;

  // False: nothing is left to do. Gives the caller an empty buffer.
  bool claim(std::uint64_t& block, Buffer& texts) {
    std::unique_lock lock(mutex_);
    if (stopped_ || unclaimed_ == end_) return false;
    block = unclaimed_++;
    changed_.wait(lock, [&] { return stopped_ || block < next_ + ready_.size(); });
    if (stopped_) return false;
    if (!texts) {
      if (spare_.empty()) {
        texts = std::make_unique<Texts>();
      } else {
        texts = std::move(spare_.back());
        spare_.pop_back();
      }
    }
    texts->clear();
    return true;
  }

  void deliver(std::uint64_t block, Buffer& texts) {
    std::unique_lock lock(mutex_);
    ready_[block % ready_.size()] = std::move(texts);
    // Whoever is writing now goes on with this one.
    while (!writing_ && !stopped_ && ready_[next_ % ready_.size()]) {
      Buffer buffer = std::move(ready_[next_ % ready_.size()]);
      const std::uint64_t done = next_ + 1 - first_;
      writing_ = true;
      lock.unlock();
      const bool go_on = take_(*buffer);
      if (go_on && on_block_) on_block_(done);
      lock.lock();
      writing_ = false;
      if (!go_on) stopped_ = true;
      ++next_;
      spare_.push_back(std::move(buffer));
      changed_.notify_all();
    }
  }

  bool hand_over_part(std::uint64_t block, Texts& texts) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || (next_ == block && !writing_); });
    if (stopped_) return false;
    writing_ = true;  // nobody else could be: this block is the next
    lock.unlock();
    const bool go_on = take_(texts);
    texts.clear();
    lock.lock();
    writing_ = false;
    if (!go_on) {
      stopped_ = true;
      changed_.notify_all();
    }
    return go_on;
  }

  const BlockSource& source_;
  const std::uint64_t first_;
  const std::uint64_t end_;
  const Take& take_;
  const OnBlock& on_block_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // all below: mutex_
  std::uint64_t unclaimed_;
  std::uint64_t next_;  // the block that is to be written next
  std::vector<Buffer> ready_;
  std::vector<Buffer> spare_;
  bool writing_ = false;
  bool stopped_ = false;
};

}  // namespace

bool write_in_order(const BlockSource& source, std::uint64_t first, std::uint64_t end,
                    unsigned threads, const Take& take, const OnBlock& on_block) {
  OrderedRun run(source, first, end, threads, take, on_block);
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back([&run] { run.work(); });
  run.work();
  for (auto& thread : others) thread.join();
  return !run.stopped();
}

}  // namespace pim::data::generate
