#include "spine/admission.h"

#include <gtest/gtest.h>

namespace pim::spine {
namespace {

using namespace std::chrono_literals;

constexpr MonoTime kStart{1h};

TEST(Admission, HoldsAtMostItsCapacity) {
  Admission admission(2, 20ms);
  EXPECT_FALSE(admission.refuse_or_enter());
  EXPECT_FALSE(admission.refuse_or_enter());
  EXPECT_EQ(admission.refusal(), Shed::queue_full);
  EXPECT_EQ(admission.refuse_or_enter(), Shed::queue_full);
  EXPECT_EQ(admission.waiting(), 2U);
  admission.leave();
  EXPECT_FALSE(admission.refusal());
  EXPECT_FALSE(admission.refuse_or_enter());
}

TEST(Admission, ShedsWhileTheOldestCommandOfAStandingQueueHasWaitedTooLong) {
  Admission admission(100, 20ms);
  admission.publish(kStart, kStart);
  admission.publish(kStart + 81ms, kStart + 100ms);
  EXPECT_FALSE(admission.refusal());
  admission.publish(kStart + 81ms, kStart + 102ms);
  EXPECT_EQ(admission.refusal(), Shed::queue_wait);
  EXPECT_EQ(admission.refuse_or_enter(), Shed::queue_wait);
  EXPECT_EQ(admission.waiting(), 0U);
  admission.publish(kStart + 100ms, kStart + 103ms);
  EXPECT_FALSE(admission.refuse_or_enter());
}

TEST(Admission, APauseIsNotOverload) {
  Admission admission(100, 20ms);
  admission.publish(kStart, kStart + 1ms);
  admission.publish(kStart, kStart + 90ms);
  EXPECT_FALSE(admission.refuse_or_enter());
  admission.publish(std::nullopt, kStart + 91ms);
  admission.publish(kStart + 92ms, kStart + 2s);  // the process stood still
  EXPECT_FALSE(admission.refuse_or_enter());
}

TEST(Admission, AnEmptyQueueForgetsThePast) {
  Admission admission(100, 20ms);
  admission.publish(kStart, kStart);
  admission.publish(kStart, kStart + 200ms);
  EXPECT_EQ(admission.refusal(), Shed::queue_wait);
  admission.publish(std::nullopt, kStart + 201ms);
  EXPECT_FALSE(admission.refusal());
  admission.publish(kStart + 201ms, kStart + 231ms);
  EXPECT_FALSE(admission.refuse_or_enter()) << "it has to stand anew";
}

}  // namespace
}  // namespace pim::spine
