#include "data/privacy/id_table.h"

#include <gtest/gtest.h>

#include <set>

namespace pim::data::privacy {
namespace {

Uuid counted_id(std::uint64_t number) { return uuid_v7(1, number >> 8, number); }

TEST(IdTable, NumbersEachIdInTheOrderOfItsComing) {
  constexpr std::uint32_t kIds = 50'000;
  IdTable table;
  EXPECT_EQ(table.find(counted_id(0)), IdTable::kNone);
  for (std::uint32_t i = 0; i < kIds; ++i) {
    const auto [number, is_new] = table.insert(counted_id(i));
    ASSERT_TRUE(is_new) << i;
    ASSERT_EQ(number, i);
  }
  for (std::uint32_t i = 0; i < kIds; ++i) {
    ASSERT_EQ(table.find(counted_id(i)), i);
    ASSERT_FALSE(table.insert(counted_id(i)).second);
  }
  EXPECT_EQ(table.find(counted_id(kIds)), IdTable::kNone);
  EXPECT_EQ(table.size(), kIds);
  EXPECT_LT(table.bytes() / kIds, 28U);
  table.clear();
  EXPECT_EQ(table.find(counted_id(1)), IdTable::kNone);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST(KeySet, HoldsExactlyWhatWentIn) {
  KeySet keys;
  std::set<std::uint64_t> model;
  std::uint64_t key = 1;
  for (int i = 0; i < 20'000; ++i) {
    key = key * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto drawn_key = (key >> 40) % 30'000;
    ASSERT_EQ(keys.insert(drawn_key), model.insert(drawn_key).second) << i;
  }
}

}  // namespace
}  // namespace pim::data::privacy
