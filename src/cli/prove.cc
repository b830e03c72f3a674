#include "cli/prove/prove.h"

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/prove/claims.h"

namespace pim::cli {

void add_prove(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("prove", "Show the claims on this machine, or show that they fail");
  command->footer(
      "Example:\n"
      "  pim prove                       every claim that can be shown, about 5 min\n"
      "  pim prove --demo                the short form, about 80 s\n"
      "  pim prove --sabotage 6          with a server that makes claim 6 fail: must end with 1\n"
      "Exit codes: 0 none failed, 1 one failed, 2 usage, 3 environment, 4 inconclusive");
  auto options = std::make_shared<prove::ProveOptions>();
  command->add_flag("--demo", options->short_form, "The short form");
  command
      ->add_option("--sabotage", options->sabotage,
                   "The claim, 1 to 6, that is made to fail, and no other act than it needs; "
                   "1 where none is named")
      ->expected(0, 1)
      ->check(CLI::Range(1, prove::kClaims))
      ->default_str("1");  // where no number follows
  command
      ->add_option("--claim", options->claims,
                   "Only this claim, 1 to 6, and what its act shows besides; may be given again")
      ->check(CLI::Range(1, prove::kClaims));
  command->add_option("--links", options->links,
                      "What ./lab saw of the link tests, for claim 3 (JSON)");
  command->add_option("--cluster", options->cluster,
                      "What ./lab saw of a redeployment, for claims 5 and 1 (JSON)");
  command->add_flag("--keep", options->keep,
                    "Leave a server up on the data, and say how to try it");
  command->add_option("--out", options->out, "Directory of the report")
      ->default_str("out/prove, or out/demo");
  command->add_option("--seed-dir", options->seed_dir, "Directory of data, maps and scenarios")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the synthetic load")->capture_default_str();
  command->add_option("--rate", options->rate, "Commands a second under kills")
      ->check(CLI::Range(1.0, 100000.0))
      ->capture_default_str();
  command->add_option("--kills", options->kills, "SIGKILLs under load")
      ->check(CLI::Range(1U, 50U))
      ->default_str("12, or 4");
  command->callback([&action, options] { action = [options] { return run_prove(*options); }; });
}

}  // namespace pim::cli
