#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/load.h"
#include "load/history/check.h"

namespace pim::cli {
namespace {

struct CheckCommand {
  std::string history;
  std::string stored;
  bool others_wrote = false;
  bool json = false;
};

int check(const CheckCommand& command) {
  const auto report =
      load::check_history(command.history, command.stored, {.sole_writer = !command.others_wrote});
  if (!report) return fail(kEnvironment, report.error());
  const auto text = command.json ? to_json(*report) + "\n" : to_text(*report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!report->clean()) return kClaimFailed;
  return report->whole ? kOk : kInconclusive;
}

}  // namespace

void add_load_check(CLI::App& load, Action& action) {
  auto* command =
      load.add_subcommand("check", "Hold every recorded call against what the store has");
  command->footer(
      "Example:\n"
      "  pim audit export --data ./data --output export.jsonl\n"
      "  pim load check --history history.bin --export export.jsonl\n"
      "docs/history-check.md says each rule. Exit code 1: the server did not keep its word, and "
      "the\n"
      "findings say where; 4: the history's writer was killed, and its last calls may be missing.");
  auto options = std::make_shared<CheckCommand>();
  command->add_option("--history", options->history, "What the clients recorded")
      ->required()
      ->check(CLI::ExistingFile);
  command
      ->add_option("--export", options->stored, "What `pim audit export` wrote after the last call")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_flag("--others-wrote", options->others_wrote,
                    "Users that the history does not know wrote to the store, too");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([&action, options] { action = [options] { return check(*options); }; });
}

}  // namespace pim::cli
