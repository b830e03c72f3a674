#include "cli/chaos/unit_file.h"

#include <gtest/gtest.h>

namespace pim::cli::chaos {
namespace {

TEST(UnitFile, SaysHowAProcessIsStartedAndWhereFaultsGo) {
  const auto unit = parse_unit(
      "name = 'spine'\n"
      "command = ['pim', 'serve']\n"
      "ready-file = '.lab/ready.json'\n"
      "log = '/var/log/pim'\n"
      "disk = 'disk.sock'\n"
      "address = '127.0.0.1:8080'\n",
      "unit.toml", "/lab");
  ASSERT_TRUE(unit.ok()) << unit.error();
  EXPECT_EQ(unit->name, "spine");
  EXPECT_EQ(unit->disk, "/lab/disk.sock");
  EXPECT_EQ(unit->address, "127.0.0.1:8080");
  EXPECT_EQ(unit->proxy, "");
  ASSERT_NE(unit->process, nullptr);
  const auto command = unit->process->command();
  EXPECT_EQ(command.arguments, (std::vector<std::string>{"pim", "serve"}));
  EXPECT_EQ(command.ready_file, "/lab/.lab/ready.json");
  EXPECT_EQ(command.log_file, "/var/log/pim");
  EXPECT_EQ(command.directory, "/lab");
  EXPECT_EQ(parse_unit("name = 'a'", "u", "/")->process, nullptr);
}

TEST(UnitFile, SaysWhereItIsWrong) {
  const auto problem = [](const char* text) { return parse_unit(text, "u.toml", "/lab").error(); };
  EXPECT_EQ(problem("name = 'a'\nshell = 'b'\n").substr(0, 44),
            "u.toml:2: 'shell' is no key of a unit file: ");
  EXPECT_EQ(problem("\nname = 3\n"), "u.toml:2: 'name' must be a text");
  EXPECT_EQ(problem("name = 'a'\ncommand = 'pim serve'\n"),
            "u.toml:2: 'command' must be an array of texts");
  EXPECT_EQ(problem("name = 'a'\ncommand = ['pim', 3]\n"),
            "u.toml:2: 'command' must be an array of texts");
  EXPECT_EQ(problem("log = 'x'\n"), "u.toml: 'name' is missing");
  EXPECT_NE(problem("name = 'a'\ncommand = ['pim']\n").find("go together"), std::string::npos);
  EXPECT_EQ(problem("name = \n").substr(0, 9), "u.toml:1:");
}

}  // namespace
}  // namespace pim::cli::chaos
