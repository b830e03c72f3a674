#include "load/report/machine.h"

#include <gtest/gtest.h>

namespace pim::load::report {
namespace {

TEST(Machine, SaysWhatItIs) {
  const auto machine = describe_machine();
  EXPECT_TRUE(machine.starts_with("Linux ")) << machine;
  EXPECT_NE(machine.find(" x "), std::string::npos) << machine;
  EXPECT_TRUE(machine.ends_with(" GiB")) << machine;
}

TEST(Machine, NoiseIsAShareOfThePeriod) {
  const NoiseWatch watch;
  std::optional<MachineNoise> noise;
  while (!(noise = watch.since()) || noise->busy == 0) {  // until our own work is in it
  }
  EXPECT_LE(noise->busy, 1);
  EXPECT_GE(noise->stolen, 0);
  EXPECT_LE(noise->stolen, 1);
  EXPECT_GE(noise->waited.value_or(0), 0);
}

}  // namespace
}  // namespace pim::load::report
