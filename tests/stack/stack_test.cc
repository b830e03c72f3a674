// That the stack is there, and that what goes in comes out.
#include "stack.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;

TEST_F(StackTest, EveryPartIsReady) {
  for (const auto* part : {"loki", "tempo", "mimir", "pyroscope"}) {
    EXPECT_EQ(stack().get(part, "/ready").status, 200) << part;
  }
}

}  // namespace
}  // namespace pim::stack
