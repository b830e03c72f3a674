#include "routing/position.h"

#include <gtest/gtest.h>

namespace pim {
namespace {

TEST(PositionToken, IsReadAsItWasWritten) {
  const PositionToken token{BucketId{4095}, Epoch{7}, 123456789012345};
  EXPECT_EQ(token.to_string(), "4095.7.123456789012345");
  EXPECT_EQ(PositionToken::parse(token.to_string()), token);
  EXPECT_EQ(PositionToken::parse("0.0.0"), PositionToken{});
}

TEST(PositionToken, RefusesAnythingElse) {
  for (const char* text : {"",
                           ".",
                           "..",
                           "1",
                           "1.2",
                           "1.2.",
                           ".2.3",
                           "1..3",
                           "1.2.3.",
                           "1.2.3.4",
                           "4096.1.1",
                           "65536.1.1",
                           "-1.1.1",
                           "+1.1.1",
                           "1.-2.3",
                           "01.2.3",
                           "1.02.3",
                           "1.2.03",
                           " 1.2.3",
                           "1.2.3 ",
                           "1.2.x",
                           "0x1.2.3",
                           "1.2.9223372036854775808",
                           "1.9223372036854775808.1",
                           "1.2.18446744073709551616",
                           "1,2,3"}) {
    EXPECT_FALSE(PositionToken::parse(text)) << text;
  }
}

}  // namespace
}  // namespace pim
