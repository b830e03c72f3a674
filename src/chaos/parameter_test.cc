#include "chaos/parameter.h"

#include <gtest/gtest.h>

#include "chaos/kind.h"

namespace pim::chaos {
namespace {

constexpr auto kSome = std::to_array<ParameterInfo>(
    {{"delay", Unit::duration, "20ms", 0, 60, "", "before each operation"},
     {"share", Unit::percent, "5", 0, 100, "", "of the operations"},
     {"free", Unit::bytes, "64KiB", 0, 1073741824, "", "what is left"},
     {"rate", Unit::count, "", 1, 1000, "", "a second"},
     {"way", Unit::choice, "in", 0, 0, "in|out", "which way"},
     {"files", Unit::text, "*", 0, 0, "", "which"}});

std::string problem_of(const ParameterTexts& given) {
  const auto read = Parameters::read(kSome, given);
  return read ? "" : read.error().parameter + ": " + read.error().message;
}

TEST(Parameters, AreReadWithTheirUnitsAndStandards) {
  const auto read = Parameters::read(kSome, {{"rate", "7"}, {"delay", "1.5s"}, {"share", "0.1%"}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->duration("delay"), std::chrono::milliseconds(1500));
  EXPECT_DOUBLE_EQ(read->number("share"), 0.1);
  EXPECT_EQ(read->whole("free"), 65536U);
  EXPECT_EQ(read->whole("rate"), 7U);
  EXPECT_EQ(read->text("way"), "in");
  EXPECT_EQ(read->texts().at("files"), "*");
}

TEST(Parameters, SayWhatIsWrongWithThem) {
  EXPECT_EQ(problem_of({}), "rate: rate is missing: a second, 1 to 1000");
  EXPECT_EQ(problem_of({{"rate", "7"}, {"delay", "20"}}),
            "delay: delay is '20' and must be 0 to 1m: before each operation");
  EXPECT_EQ(problem_of({{"rate", "7"}, {"delay", "61s"}}),
            "delay: delay is '61s' and must be 0 to 1m: before each operation");
  EXPECT_EQ(problem_of({{"rate", "7.5"}}), "rate: rate is '7.5' and must be 1 to 1000: a second");
  EXPECT_EQ(problem_of({{"rate", "7"}, {"share", "101"}}),
            "share: share is '101' and must be 0 to 100%: of the operations");
  EXPECT_EQ(problem_of({{"rate", "7"}, {"free", "2GiB"}}),
            "free: free is '2GiB' and must be 0 to 1GiB: what is left");
  EXPECT_EQ(problem_of({{"rate", "7"}, {"way", "up"}}),
            "way: way is 'up' and must be in or out: which way");
  EXPECT_EQ(problem_of({{"rate", "7"}, {"speed", "1"}}),
            "speed: no parameter is called 'speed'; there are: delay, share, free, rate, way, "
            "files");
  for (const auto* text : {"", "ms", "nan", "inf", "1e3ms", "-1s", "1 s", "0x10s"}) {
    EXPECT_NE(problem_of({{"rate", "7"}, {"delay", text}}), "") << text;
  }
}

TEST(Parameters, OfNoKindPassWithAValueBeyondItsRange) {
  for (const auto& kind : kinds()) {
    for (const auto& info : kind.parameters) {
      if (info.unit == Unit::text) continue;
      const auto checked = check_fault(kind.name, {{std::string(info.name), "-100000000h"}});
      ASSERT_FALSE(checked.ok()) << kind.name << " " << info.name;
      EXPECT_EQ(checked.error().parameter, info.name);
    }
  }
}

TEST(Durations, MayBeBelowZero) {
  EXPECT_EQ(parse_seconds("-90min"), -5400.0);
  EXPECT_EQ(parse_seconds("250us"), 0.00025);
  EXPECT_EQ(parse_seconds("10"), std::nullopt);
}

}  // namespace
}  // namespace pim::chaos
