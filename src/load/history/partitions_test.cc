#include "load/history/partitions.h"

#include <gtest/gtest.h>

#include <memory>

#include "load/history/rows.h"

namespace pim::load {
namespace {

TEST(Partitions, GiveBackEveryRowInItsOrder) {
  constexpr std::uint64_t kRows = 200'000;  // more than the buffers hold
  const auto partitions = std::make_unique<Partitions<EventRow>>();
  for (std::uint64_t i = 0; i < kRows; ++i) {
    EventRow row;
    row.stream = i * 0x9E37'79B9'7F4A'7C15;
    row.version = i;
    partitions->add(row);
  }
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < kPartitions; ++i) {
    const auto rows = partitions->take(i);
    ASSERT_TRUE(rows.ok()) << rows.error();
    count += rows->size();
    for (std::size_t n = 0; n < rows->size(); ++n) {
      const EventRow& row = (*rows)[n];
      EXPECT_EQ(row.stream, row.version * 0x9E37'79B9'7F4A'7C15);
      EXPECT_EQ(bucket_of_key(row.stream) / 64, i);
      EXPECT_TRUE(n == 0 || row.version > (*rows)[n - 1].version);
    }
  }
  EXPECT_EQ(count, kRows);
}

}  // namespace
}  // namespace pim::load
