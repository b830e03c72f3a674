#include "spine/mailbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace pim::spine {
namespace {

using namespace std::chrono_literals;

void post_one(Mailbox& mailbox) {
  mailbox.post([](Inbox& inbox) { inbox.references.push_back({}); });
}

TEST(Mailbox, IsEmptiedInOneGo) {
  Mailbox mailbox;
  post_one(mailbox);
  post_one(mailbox);
  Inbox inbox;
  mailbox.take(inbox);
  EXPECT_EQ(inbox.references.size(), 2U);
  Inbox again;
  mailbox.take(again);
  EXPECT_TRUE(again.empty());
}

// These hang where a wake-up is lost.
TEST(Mailbox, AMessageWakesTheConsumer) {
  Mailbox mailbox;
  std::atomic<int> taken = 0;
  std::thread consumer([&] {
    for (Inbox inbox; taken < 100; inbox.clear()) {
      mailbox.wait(24h);
      mailbox.take(inbox);
      taken += static_cast<int>(inbox.references.size());
    }
  });
  for (int i = 0; i < 100; ++i) {
    post_one(mailbox);
    while (taken <= i) std::this_thread::yield();  // so that the consumer sleeps each time
  }
  consumer.join();
  EXPECT_EQ(taken, 100);
}

TEST(Mailbox, ClosingWakesTheConsumerAndKeepsWhatIsThere) {
  Mailbox mailbox;
  std::thread consumer([&] { mailbox.wait(24h); });
  mailbox.close();
  consumer.join();
  EXPECT_TRUE(mailbox.closed());

  Mailbox full;
  post_one(full);
  full.close();
  EXPECT_FALSE(full.post([](Inbox&) { FAIL() << "posted to a closed mailbox"; }));
  Inbox inbox;
  full.take(inbox);
  EXPECT_EQ(inbox.references.size(), 1U);
}

}  // namespace
}  // namespace pim::spine
