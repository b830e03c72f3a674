// The scenarios of seed/scenarios. Runs in the source directory.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "load/scenario/scenario_file.h"

namespace pim::load {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

TEST(ShippedScenarios, AreRightAndFitASmallMachine) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator("seed/scenarios")) {
    const auto path = entry.path().string();
    SCOPED_TRACE(path);
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto scenario = parse_scenario(text, path);
    ASSERT_TRUE(scenario) << testing::PrintToString(scenario.error().messages);
    EXPECT_EQ(scenario->name, entry.path().stem());
    EXPECT_FALSE(scenario->description.empty());
    EXPECT_FALSE(scenario->thresholds.empty());
    EXPECT_LE(scenario->peak_rate(), 4000);
    if (scenario->name != "soak") {
      EXPECT_LE(scenario->duration(), 5min);
    }
    names.insert(scenario->name);
  }
  EXPECT_EQ(names, (std::set<std::string>{"steady", "clinic-morning", "spike", "hot-patient",
                                          "retry-storm", "soak", "prove", "kills"}));
}

}  // namespace
}  // namespace pim::load
