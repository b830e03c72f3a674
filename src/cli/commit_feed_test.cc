#include "cli/commit_feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace pim::cli {
namespace {

store::CommittedEvents one_event() {
  return std::make_shared<const std::vector<store::EventRecord>>(1);
}

TEST(CommitFeed, PassesOnWhatIsAnnouncedWhileItIsOpen) {
  const auto before = one_event();
  const auto while_open = one_event();
  const auto after = one_event();
  CommitFeed feed;
  feed.announce(before);
  std::vector<store::CommittedEvents> heard;
  feed.open([&](const store::CommittedEvents& events) { heard.push_back(events); });
  feed.announce(while_open);
  feed.close();
  feed.announce(after);
  EXPECT_EQ(heard, std::vector{while_open});
}

// A store that goes on announcing while what listens to it is closed off and destroyed.
TEST(CommitFeed, NoCallIsUnderWayOnceItIsClosed) {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    CommitFeed feed;
    std::atomic<bool> gone{false};
    std::atomic<bool> end{false};
    std::atomic<int> calls{0};
    std::atomic<int> late{0};
    feed.open([&](const store::CommittedEvents&) {
      ++calls;
      std::this_thread::yield();
      if (gone) ++late;
    });
    std::thread store([&] {
      while (!end) feed.announce(one_event());
    });
    while (calls == 0) std::this_thread::yield();
    feed.close();
    gone = true;
    const int after = calls;
    end = true;
    store.join();
    ASSERT_EQ(late, 0) << "round " << round;
    ASSERT_EQ(calls, after) << "round " << round;
  }
}

}  // namespace
}  // namespace pim::cli
