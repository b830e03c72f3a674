#include "domain/ids.h"

#include <gtest/gtest.h>

#include <string>

#include "domain/must_testing.h"

namespace pim {
namespace {

using domain_testing::must;

TEST(Uuid, ReadsBothCasesAndWritesLowerCase) {
  const auto id = must(Uuid::parse("0190A5B4-7C2D-7E3F-8A9B-0123456789ab"));
  EXPECT_EQ(id.to_string(), "0190a5b4-7c2d-7e3f-8a9b-0123456789ab");
  EXPECT_EQ(id.bytes[0], 0x01);
  EXPECT_EQ(id.bytes[4], 0x7c);
  EXPECT_EQ(id.bytes[15], 0xab);
}

TEST(Uuid, RefusesEveryOtherForm) {
  for (const char* text :
       {"", "0190a5b4", "0190a5b47c2d7e3f8a9b0123456789ab", "{190a5b4-7c2d-7e3f-8a9b-0123456789a}",
        "0190a5b4-7c2d-7e3f-8a9b-0123456789a", "0190a5b4-7c2d-7e3f-8a9b-0123456789abc",
        "0190a5b4-7c2d-7e3f-8a9b-0123456789ag", "0190a5b4+7c2d-7e3f-8a9b-0123456789ab",
        "0190a5b4-7c2d7-e3f-8a9b-0123456789ab", "0190a5b4-7c2d-7e3f-8a9b-01234567\xc3\xa9"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, NilIsTheDefault) {
  EXPECT_TRUE(Uuid{}.is_nil());
  EXPECT_EQ(Uuid{}.to_string(), "00000000-0000-0000-0000-000000000000");
}

// The example of RFC 9562, appendix A.6.
TEST(UuidV7, MatchesTheStandardsExample) {
  const auto id = uuid_v7(0x017F22E279B0, 0xFFFFFFFFFFFFFCC3, 0xD8C4DC0C0C07398F);
  EXPECT_EQ(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(UuidV7, SortsByTime) { EXPECT_LT(uuid_v7(1000, ~0ULL, ~0ULL), uuid_v7(1001, 0, 0)); }

TEST(StreamKind, NamesReadBack) {
  for (auto kind : {StreamKind::patient, StreamKind::provider, StreamKind::facility}) {
    EXPECT_EQ(parse_stream_kind(to_string(kind)), kind);
  }
  EXPECT_FALSE(parse_stream_kind("encounter"));
}

struct TimeCase {
  const char* text;
  std::int64_t millis;
};

TEST(UtcMillis, ReadsRfc3339) {
  for (const auto& [text, millis] : {
           TimeCase{"1970-01-01T00:00:00Z", 0},
           TimeCase{"1970-01-01T00:00:00.001Z", 1},
           TimeCase{"1970-01-01T00:00:00.5Z", 500},
           TimeCase{"1969-12-31T23:59:59.999Z", -1},
           TimeCase{"2024-02-29T12:34:56.789Z", 1709210096789},
           TimeCase{"2000-02-29T00:00:00Z", 951782400000},
           TimeCase{"2025-03-01T01:30:00+02:30", 1740783600000},
           TimeCase{"2025-02-28T18:00:00-05:00", 1740783600000},
           TimeCase{"1900-01-01T00:00:00Z", -2208988800000},
           TimeCase{"2199-12-31T23:59:59.999Z", 7258118399999},
       }) {
    ASSERT_TRUE(UtcMillis::parse(text)) << text;
    EXPECT_EQ(must(UtcMillis::parse(text)).value, millis) << text;
  }
}

TEST(UtcMillis, RefusesWhatItCouldNotKeep) {
  for (const char* text : {"",
                           "2025-03-01",
                           "2025-03-01T00:00:00",
                           "2025-03-01 00:00:00Z",
                           "2025-03-01t00:00:00Z",
                           "2025-03-01T00:00:00z",
                           "2025-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2025-00-01T00:00:00Z",
                           "2025-13-01T00:00:00Z",
                           "2025-04-31T00:00:00Z",
                           "2025-04-00T00:00:00Z",
                           "2025-03-01T24:00:00Z",
                           "2025-03-01T00:60:00Z",
                           "2025-03-01T00:00:60Z",
                           "2025-03-01T00:00:00.Z",
                           "2025-03-01T00:00:00.1234Z",
                           "2025-03-01T00:00:00+24:00",
                           "2025-03-01T00:00:00+01:60",
                           "2025-03-01T00:00:00+0100",
                           "2025-03-01T00:00:00ZZ",
                           "1899-12-31T23:59:59Z",
                           "2200-01-01T00:00:00Z",
                           "1900-01-01T00:00:00+00:01",
                           "1900-01-01T12:00:00+00:00",
                           "2199-12-31T12:00:00-00:01",
                           "2199-12-31T23:59:59-00:01",
                           "25-03-01T00:00:00Z",
                           "+025-03-01T00:00:00Z",
                           "2025-3-01T00:00:00Z"}) {
    EXPECT_FALSE(UtcMillis::parse(text)) << text;
  }
}

TEST(UtcMillis, EveryDayOfThreeCenturiesReadsBack) {
  // 86,399,999 ms: each step lands on another time of day as well
  for (auto time = must(UtcMillis::parse("1900-01-01T00:00:00Z")).value;
       time < must(UtcMillis::parse("2199-12-31T00:00:00Z")).value; time += 86'399'999) {
    const std::string text = UtcMillis{time}.to_string();
    ASSERT_EQ(UtcMillis::parse(text), UtcMillis{time}) << text;
  }
}

TEST(UtcMillis, WritesMillisecondsAndZ) {
  EXPECT_EQ(UtcMillis{1709210096007}.to_string(), "2024-02-29T12:34:56.007Z");
  EXPECT_EQ(UtcMillis{-1}.to_string(), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace pim
