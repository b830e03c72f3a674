#include "data/pseudonym.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace pim::data {
namespace {

class PseudonymKeyFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "pseudonymXXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::string path() const { return directory_ + "/deep/lab.key"; }
  std::string directory_;
};

TEST_F(PseudonymKeyFile, IsMadeOnceAndPrivate) {
  const auto first = load_or_create_key(path());
  ASSERT_TRUE(first.ok()) << first.error().message;
  struct stat info{};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto second = load_or_create_key(path());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->bytes, second->bytes);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(directory_ + "/deep")) {
    ++files;
  }
  EXPECT_EQ(files, 1u) << "no scratch file stays";
}

TEST_F(PseudonymKeyFile, IsRefusedWhereOthersMayReadIt) {
  ASSERT_TRUE(load_or_create_key(path()).ok());
  ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
  const auto again = load_or_create_key(path());
  ASSERT_FALSE(again.ok());
  EXPECT_NE(again.error().message.find("chmod 600"), std::string::npos);
}

TEST_F(PseudonymKeyFile, IsRefusedWhereItIsNotAKey) {
  ASSERT_TRUE(load_or_create_key(path()).ok());
  std::ofstream(path()) << "not a key";
  EXPECT_FALSE(load_or_create_key(path()).ok());
}

PseudonymKey counting_key() {
  PseudonymKey key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(i);
  return key;
}

// Computed once with Python's hmac module: the derivation must never change.
TEST(Pseudonym, MatchesItsGoldenVectors) {
  const auto key = counting_key();
  EXPECT_EQ(pseudonym(key, "patient", "seed", 1).to_string(),
            "94c001d9-1781-87c2-91cc-58e834887a71");
  EXPECT_EQ(pseudonym(key, "encounter", "seed", 4294967296).to_string(),
            "f3903201-5e9e-8ac5-b534-7ddc18dc3f53");
}

TEST(Pseudonym, DependsOnKeyKindDatasetAndRow) {
  const auto key = counting_key();
  auto other = key;
  other.bytes[31] ^= 1;
  const std::set<Uuid> ids = {
      pseudonym(key, "patient", "a", 1),   pseudonym(other, "patient", "a", 1),
      pseudonym(key, "provider", "a", 1),  pseudonym(key, "patient", "b", 1),
      pseudonym(key, "patient", "a", 2),   pseudonym(key, "patient", "", 1),
      pseudonym(key, "patient", "a\1", 1),
  };
  EXPECT_EQ(ids.size(), 7u);
}

TEST(Pseudonym, HasTheShapeOfAVersion8Uuid) {
  for (std::uint64_t row = 1; row <= 64; ++row) {
    const auto text = pseudonym(counting_key(), "patient", "seed", row).to_string();
    EXPECT_EQ(text[14], '8') << text;
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace pim::data
