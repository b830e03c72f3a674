#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "chaos/footprint.h"
#include "cli/chaos/chaos.h"
#include "cli/json_object.h"

namespace pim::cli::chaos {
namespace {

struct UndoOptions {
  std::string state = kFootprints;
  bool json = false;
};

int undo(const UndoOptions& options) {
  pim::chaos::Footprints footprints(options.state);
  std::vector<std::string> problems;
  std::vector<std::string> lines;
  const auto say = [&](const pim::chaos::Footprints::Left& left, const std::string& outcome) {
    const auto& [file, injector, footprint] = left;
    if (options.json) {
      JsonObject object;
      object.add("target", footprint.target)
          .add("restore", footprint.restore)
          .add("outcome", outcome);
      lines.push_back(object.str());
    } else {
      std::printf("%s %s: %s\n", footprint.target.c_str(), footprint.restore.c_str(),
                  outcome.c_str());
    }
  };
  for (const auto& left : footprints.all(problems)) {
    if (is_alive(left.injector)) {
      say(left, "in force by process " + std::to_string(left.injector.pid) + ", which undoes it");
      continue;
    }
    const auto restored = restore(left.footprint);
    if (restored) {
      footprints.forget(left.file);
      say(left, "restored");
    } else {
      say(left, "not restored");
      problems.push_back(left.footprint.target + ": " + restored.error());
    }
  }
  if (options.json) std::puts(json_array(lines).c_str());
  for (const auto& problem : problems) fail(kClaimFailed, problem);
  return problems.empty() ? kOk : kClaimFailed;
}

}  // namespace

void add_undo(CLI::App& chaos, Action& action) {
  auto* command =
      chaos.add_subcommand("undo", "Restore what faults left whose injector was killed");
  command->footer(
      "Example:\n  pim chaos undo\n\n"
      "Faults of a disk, a proxy and of clients end with their injector: nothing is left of them.");
  auto options = std::make_shared<UndoOptions>();
  command->add_option("--state", options->state, "Directory that the fault was run with")
      ->capture_default_str();
  command->add_flag("--json", options->json, "As JSON");
  command->callback([&action, options] { action = [options] { return undo(*options); }; });
}

}  // namespace pim::cli::chaos
