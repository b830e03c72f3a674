#include "store/digest.h"

#include <gtest/gtest.h>

namespace pim::store {
namespace {

// FIPS 180-4 example values.
TEST(Digest, MatchesThePublishedVectors) {
  EXPECT_EQ(sha256("").to_hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc").to_hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, GoesThroughHexAndBack) {
  const Digest digest = sha256("abc");
  EXPECT_EQ(Digest::from_hex(digest.to_hex()), digest);
}

TEST(Digest, RefusesHexThatIsNotItsOwn) {
  const std::string good = sha256("abc").to_hex();
  EXPECT_FALSE(Digest::from_hex(good.substr(1)));
  EXPECT_FALSE(Digest::from_hex(good + "0"));
  EXPECT_FALSE(Digest::from_hex("G" + good.substr(1)));
  EXPECT_FALSE(Digest::from_hex("B" + good.substr(1))) << "upper case is another form";
}

}  // namespace
}  // namespace pim::store
