#include "spine/admission.h"

#include <gtest/gtest.h>

namespace pim::spine {
namespace {

using namespace std::chrono_literals;

TEST(Admission, HoldsAtMostItsCapacity) {
  Admission admission(2, 20ms);
  EXPECT_FALSE(admission.refuse_or_enter());
  EXPECT_FALSE(admission.refuse_or_enter());
  EXPECT_EQ(admission.refuse_or_enter(), Shed::queue_full);
  EXPECT_EQ(admission.waiting(), 2U);
  admission.leave();
  EXPECT_FALSE(admission.refuse_or_enter());
}

TEST(Admission, ShedsWhileTheMeanWaitIsBeyondTheLimit) {
  Admission admission(100, 20ms);
  for (int i = 0; i < 30; ++i) admission.sample(40ms);
  admission.publish(/*queue_empty=*/false, 1ms);
  EXPECT_EQ(admission.refuse_or_enter(), Shed::queue_wait);
  for (int i = 0; i < 30; ++i) admission.sample(1ms);
  admission.publish(/*queue_empty=*/false, 1ms);
  EXPECT_FALSE(admission.refuse_or_enter());
}

TEST(Admission, OneLongWaitIsNotAMean) {
  Admission admission(100, 20ms);
  admission.sample(100ms);
  admission.publish(/*queue_empty=*/false, 1ms);
  EXPECT_FALSE(admission.refuse_or_enter());
}

TEST(Admission, ShedsWhileTheOldestCommandHasWaitedTooLong) {
  Admission admission(100, 20ms);
  admission.publish(/*queue_empty=*/false, 21ms);
  EXPECT_EQ(admission.refuse_or_enter(), Shed::queue_wait);
}

TEST(Admission, AnEmptyQueueForgetsThePast) {
  Admission admission(100, 20ms);
  for (int i = 0; i < 30; ++i) admission.sample(500ms);
  admission.publish(/*queue_empty=*/true, 0ms);
  EXPECT_FALSE(admission.refuse_or_enter());
}

}  // namespace
}  // namespace pim::spine
