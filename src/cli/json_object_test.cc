#include "cli/json_object.h"

#include <gtest/gtest.h>

#include <vector>

namespace pim::cli {
namespace {

TEST(JsonObject, WritesEachKindOfValue) {
  JsonObject object;
  EXPECT_EQ(object.str(), "{}");
  object.add("a", "x\"y").add("b", true).add("c", 7U).add("d", 1.5).raw("e", "[1]");
  EXPECT_EQ(object.str(), R"({"a":"x\"y","b":true,"c":7,"d":1.5,"e":[1]})");
  EXPECT_EQ(json_array(std::vector<std::string>{"1", "{}"}), "[1,{}]");
  EXPECT_EQ(json_array(std::vector<std::string>{}), "[]");
}

}  // namespace
}  // namespace pim::cli
