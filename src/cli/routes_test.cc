// What the importer sends stands in the server's route table: same method, path and command.
#include "api/routes.h"

#include <gtest/gtest.h>

#include "data/command_shape.h"

namespace pim::cli {
namespace {

TEST(Routes, OfTheImporterAreTheServers) {
  std::size_t matched = 0;
  for (const auto& route : api::routes()) {
    if (!route.is_command()) continue;
    const auto* shape = data::find_command(route.command);
    ASSERT_NE(shape, nullptr) << route.command;
    EXPECT_EQ(shape->path, route.path) << route.command;
    EXPECT_EQ(shape->method, api::to_string(route.method)) << route.command;
    ++matched;
  }
  EXPECT_EQ(matched, data::all_commands().size());
}

}  // namespace
}  // namespace pim::cli
