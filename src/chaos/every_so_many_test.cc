#include "chaos/every_so_many.h"

#include <gtest/gtest.h>

namespace pim::chaos {
namespace {

TEST(EverySoMany, IsAnExactShare) {
  for (const double percent : {0.0, 0.5, 5.0, 33.0, 100.0}) {
    EverySoMany share(percent);
    int count = 0;
    for (int i = 0; i < 1000; ++i) count += share.next() ? 1 : 0;
    EXPECT_EQ(count, static_cast<int>(percent * 10)) << percent;
  }
}

}  // namespace
}  // namespace pim::chaos
