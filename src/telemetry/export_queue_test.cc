// The queue against a back end that can be made to fail or to hang.
#include "telemetry/export_queue.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>

namespace pim::telemetry {
namespace {

using namespace std::chrono_literals;

struct NumberSink {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> taken;
  std::uint64_t calls = 0;
  bool down = false;
  bool stuck = false;

  bool send(std::span<const int> numbers) {
    std::unique_lock lock(mutex);
    ++calls;
    changed.notify_all();
    changed.wait(lock, [&] { return !stuck; });
    if (down) return false;
    taken.insert(taken.end(), numbers.begin(), numbers.end());
    changed.notify_all();
    return true;
  }
  void set(bool NumberSink::* what, bool value) {
    const std::lock_guard lock(mutex);
    this->*what = value;
    changed.notify_all();
  }
  void wait_for(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex);
    changed.wait(lock, condition);
  }
};

ExportQueueOptions small_and_quick() {
  return {.queue = 100,
          .batch = 10,
          .linger = 1ms,
          .first_pause = 1ms,
          .max_pause = 1ms,
          .attempts = 3};
}

struct NumberQueue : ExportQueue<int> {
  explicit NumberQueue(NumberSink& sink, const ExportQueueOptions& options = small_and_quick())
      : ExportQueue(
            "numbers", [&](std::span<const int> some) { return sink.send(some); }, options) {}
};

TEST(ExportQueue, SendsEverythingInOrder) {
  NumberSink sink;
  NumberQueue queue(sink);
  for (int i = 0; i < 25; ++i) queue.put(i);
  sink.wait_for([&] { return sink.taken.size() == 25; });
  for (int i = 0; i < 25; ++i) EXPECT_EQ(sink.taken[static_cast<std::size_t>(i)], i);
}

TEST(ExportQueue, DropsAndCountsWhatDoesNotFit) {
  NumberSink sink;
  sink.stuck = true;
  {
    NumberQueue queue(sink);
    queue.put(0);
    sink.wait_for([&] { return sink.calls == 1; });  // it is at the back end now
    for (int i = 0; i < 150; ++i) queue.put(i);      // and these never wait for it
    EXPECT_EQ(queue.stats().queued, 100U);
    EXPECT_EQ(queue.stats().dropped_full, 50U);
    sink.set(&NumberSink::stuck, false);
    sink.wait_for([&] { return sink.taken.size() == 101; });
  }
  EXPECT_EQ(sink.taken.size(), 101U);
}

TEST(ExportQueue, TriesAgainAndThenGivesUp) {
  NumberSink sink;
  sink.down = true;
  NumberQueue queue(sink);
  queue.put(1);
  sink.wait_for([&] { return sink.calls == 3; });
  sink.set(&NumberSink::down, false);
  queue.put(2);
  sink.wait_for([&] { return !sink.taken.empty() && sink.taken.back() == 2; });
  const auto stats = queue.stats();
  EXPECT_EQ(stats.dropped_failed + sink.taken.size(), 2U);
  EXPECT_GE(stats.failures, 3U);
}

TEST(ExportQueue, SendsTheRestBeforeItGoes) {
  NumberSink sink;
  {
    auto options = small_and_quick();
    options.linger = 1h;
    NumberQueue queue(sink, options);
    for (int i = 0; i < 5; ++i) queue.put(i);
  }
  EXPECT_EQ(sink.taken.size(), 5U);
}

TEST(ExportQueue, DoesNotHangOnABackEndThatIsDownWhenItGoes) {
  NumberSink sink;
  sink.down = true;
  auto options = small_and_quick();
  options.first_pause = options.max_pause = 1h;
  options.attempts = 1000;
  {
    NumberQueue queue(sink, options);
    for (int i = 0; i < 95; ++i) queue.put(i);
    sink.wait_for([&] { return sink.calls >= 1; });
  }
  EXPECT_TRUE(sink.taken.empty());
  EXPECT_EQ(sink.calls, 1U) << "not once a batch";
}

}  // namespace
}  // namespace pim::telemetry
