#include "store/anchor.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "store/sample_testing.h"
#include "store/sqlite/temporary_directory_testing.h"

namespace pim::store {
namespace {

AnchorKey key(char digit = 'a') { return *AnchorKey::from_hex(std::string(64, digit)); }

Anchor example() {
  Anchor anchor;
  anchor.node = NodeId{sample::uuid(1)};
  anchor.time = UtcMillis{1'700'000'000'123};
  anchor.bucket = BucketId{4095};
  anchor.epoch = Epoch{3};
  anchor.next_position = 42;
  anchor.chain_hash = sha256("head");
  return anchor;
}

std::vector<BucketHead> heads_at(std::uint64_t next_position) {
  std::vector<BucketHead> heads(2);
  heads[0].bucket = BucketId{0};
  heads[0].epoch = Epoch{1};
  heads[1].bucket = BucketId{1};
  heads[1].epoch = Epoch{1};
  heads[1].next_position = next_position;
  heads[1].chain_hash = sha256(std::to_string(next_position));
  return heads;
}

class AnchorFileTest : public testing::Test {
 protected:
  sqlite::TemporaryDirectory directory_;
  std::string file_ = directory_.path() + "/anchors/heads.jsonl";
};

TEST(AnchorLine, IsReadBackWhole) {
  const auto read = from_line(to_line(example(), key()), key());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, example());
}

TEST(AnchorLine, IsRefusedUnderAnotherKey) {
  EXPECT_FALSE(from_line(to_line(example(), key()), key('b')).ok());
}

TEST(AnchorLine, IsRefusedWithAnyByteChanged) {
  const std::string line = to_line(example(), key());
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string changed = line;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_FALSE(from_line(changed, key()).ok()) << "byte " << i;
    EXPECT_FALSE(from_line(line.substr(0, i), key()).ok()) << "cut at " << i;
  }
  EXPECT_FALSE(from_line(line + " ", key()).ok());
}

TEST_F(AnchorFileTest, HoldsWhatChangedSinceTheLastTime) {
  {
    auto log = AnchorLog::open(file_, key(), example().node);
    ASSERT_TRUE(log.ok()) << log.error().message;
    EXPECT_EQ(*log->write(heads_at(5), UtcMillis{1000}), 1u) << "bucket 0 never moved";
    EXPECT_EQ(*log->write(heads_at(5), UtcMillis{2000}), 0u);
    EXPECT_EQ(*log->write(heads_at(9), UtcMillis{3000}), 1u);
  }
  auto log = AnchorLog::open(file_, key(), example().node);
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(*log->write(heads_at(9), UtcMillis{4000}), 0u) << "remembered over a restart";

  const auto read = read_anchors(file_, key());
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->anchors.size(), 2u);
  EXPECT_EQ(read->anchors[0].next_position, 5u);
  EXPECT_EQ(read->anchors[1].next_position, 9u);
  EXPECT_EQ(read->anchors[1].time, UtcMillis{3000});
  EXPECT_EQ(read->anchors[1].chain_hash, sha256("9"));
}

TEST_F(AnchorFileTest, LosesOnlyALineThatACrashCutShort) {
  {
    auto log = AnchorLog::open(file_, key(), example().node);
    ASSERT_TRUE(log->write(heads_at(5), UtcMillis{1000}).ok());
  }
  std::ofstream(file_, std::ios::app) << to_line(example(), key()).substr(0, 50);
  auto read = read_anchors(file_, key());
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->torn_tail);
  EXPECT_EQ(read->anchors.size(), 1u);

  auto log = AnchorLog::open(file_, key(), example().node);
  ASSERT_TRUE(log.ok());
  ASSERT_TRUE(log->write(heads_at(9), UtcMillis{2000}).ok());
  read = read_anchors(file_, key());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_FALSE(read->torn_tail);
  EXPECT_EQ(read->anchors.size(), 2u);
}

TEST_F(AnchorFileTest, NamesTheLineThatDoesNotVerify) {
  {
    auto log = AnchorLog::open(file_, key(), example().node);
    ASSERT_TRUE(log->write(heads_at(5), UtcMillis{1000}).ok());
  }
  std::ofstream(file_, std::ios::app) << to_line(example(), key('b')) << "\n";
  const auto read = read_anchors(file_, key());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, StoreErrorKind::corrupt);
  EXPECT_NE(read.error().message.find("line 2"), std::string::npos) << read.error().message;
}

TEST_F(AnchorFileTest, IsEmptyWhereItIsAbsent) {
  const auto read = read_anchors(file_, key());
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->anchors.empty());
}

TEST_F(AnchorFileTest, KeyIsMadeOnceAndOnlyForItsOwner) {
  const std::string path = directory_.path() + "/keys/anchor";
  const auto made = AnchorKey::load_or_create(path);
  ASSERT_TRUE(made.ok()) << made.error().message;
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto again = AnchorKey::load_or_create(path);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(made->sign("x"), again->sign("x"));
  EXPECT_NE(made->sign("x"), AnchorKey::load_or_create(path + "2")->sign("x"));
}

TEST(AnchorKeys, AreRefusedWhereShortOrNotHexadecimal) {
  EXPECT_FALSE(AnchorKey::from_hex(std::string(62, 'a')).ok());
  EXPECT_FALSE(AnchorKey::from_hex(std::string(65, 'a')).ok());
  EXPECT_FALSE(AnchorKey::from_hex(std::string(64, 'x')).ok());
  EXPECT_FALSE(AnchorKey::from_hex("").ok());
  EXPECT_TRUE(AnchorKey::from_hex(std::string(64, 'a') + "\n").ok());
}

}  // namespace
}  // namespace pim::store
