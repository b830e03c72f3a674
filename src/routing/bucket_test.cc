#include "routing/bucket.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "domain/ids.h"
#include "domain/must_testing.h"

namespace pim {
namespace {

using domain_testing::must;

struct Golden {
  std::string_view id;
  std::uint16_t bucket;
};

// Where these ids live, for ever: if this test fails, every store's data is in the wrong place.
TEST(BucketOf, GoldenVectors) {
  for (const auto& [id, bucket] : {
           Golden{"00000000-0000-0000-0000-000000000000", 3338},
           Golden{"ffffffff-ffff-ffff-ffff-ffffffffffff", 1826},
           Golden{"00000000-0000-0000-0000-000000000001", 1045},
           Golden{"80000000-0000-0000-0000-000000000000", 314},
           Golden{"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 2344},
           Golden{"00112233-4455-6677-8899-aabbccddeeff", 3158},
           Golden{"ffeeddcc-bbaa-9988-7766-554433221100", 3372},
           Golden{"0196f3a1-0000-7000-8000-000000000000", 4058},
           Golden{"0196f3a1-0001-7000-8000-000000000000", 2144},
           Golden{"0196f3a1-0000-7000-8000-000000000001", 3856},
           Golden{"a1000000-0000-7000-8000-000000000001", 2129},
           Golden{"a1000000-0000-7000-8000-000000000002", 643},
           Golden{"a2000000-0000-7000-8000-000000000001", 1629},
           Golden{"a3000000-0000-7000-8000-000000000001", 1734},
           Golden{"6ba7b810-9dad-11d1-80b4-00c04fd430c8", 2030},
           Golden{"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", 799},
       }) {
    EXPECT_EQ(bucket_of(must(Uuid::parse(id))), BucketId{bucket}) << id;
  }
}

// UUIDv7 of one busy second, their time bits nearly equal, and version-4-like ids: both spread as
// evenly as chance would. The bound is 6 standard deviations of chi-squared.
TEST(BucketOf, SpreadsEvenly) {
  constexpr std::uint32_t kIds = kBuckets * 100;
  for (const bool one_second : {true, false}) {
    std::vector<std::uint32_t> count(kBuckets);
    std::uint64_t random = 42;
    const auto next = [&] {
      return random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    };
    for (std::uint32_t i = 0; i < kIds; ++i) {
      const auto time =
          one_second ? 1'750'000'000'000 + i % 1000 : static_cast<std::int64_t>(next() >> 17);
      const auto high = next() >> 20;
      ++count.at(bucket_of(uuid_v7(time, high, next())).value);
    }
    const double expected = double{kIds} / kBuckets;
    double chi_squared = 0;
    for (auto each : count) chi_squared += (each - expected) * (each - expected) / expected;
    EXPECT_NEAR(chi_squared, kBuckets - 1, 6 * std::sqrt(2.0 * (kBuckets - 1))) << one_second;
  }
}

TEST(BucketOf, SpreadsOverDefaultShards) {
  std::vector<std::uint32_t> count(4);
  for (std::uint32_t i = 0; i < 40'000; ++i) {
    ++count.at(default_shard(bucket_of(uuid_v7(1'750'000'000'000, i, i)), 4).value);
  }
  for (auto each : count) EXPECT_NEAR(each, 10'000, 600);
}

}  // namespace
}  // namespace pim
