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

TEST(Digest, HashesInPiecesAsInOne) {
  Sha256 pieces;
  pieces.update("a");
  pieces.update("");
  pieces.update("bc");
  EXPECT_EQ(pieces.finish(), sha256("abc"));
}

// RFC 4231, test case 2.
TEST(Digest, SignsTheMessageOfThePublishedVector) {
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?").to_hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
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
