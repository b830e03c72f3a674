#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/demo/demo.h"

namespace pim::cli {

void add_prove(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("prove", "Show the claims on this machine, or show that they fail");
  command->footer(
      "Example:\n"
      "  pim prove --demo                a server, data, load, SIGKILLs, and the verdict\n"
      "  pim prove --demo --sabotage     the same with a server that acknowledges too early:\n"
      "                                  must end with exit code 1");
  auto options = std::make_shared<demo::DemoOptions>();
  command->add_flag("--demo")->description("The demo, about 40 s")->required();
  command->add_flag("--sabotage", options->sabotage,
                    "Run pim-planted, which acknowledges before it commits");
  command->add_flag("--keep", options->keep,
                    "Leave a server up on the data, and say how to try it");
  command->add_option("--out", options->out, "Directory of the report")->capture_default_str();
  command->add_option("--seed-dir", options->seed_dir, "Directory of data and maps")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the synthetic load")->capture_default_str();
  command->add_option("--rate", options->rate, "Commands a second")
      ->check(CLI::Range(1.0, 100000.0))
      ->capture_default_str();
  command->add_option("--kills", options->kills, "SIGKILLs under load")
      ->check(CLI::Range(1U, 50U))
      ->capture_default_str();
  command->callback([&action, options] { action = [options] { return run_demo(*options); }; });
}

}  // namespace pim::cli
