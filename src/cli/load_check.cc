#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/collector.h"
#include "cli/load.h"
#include "cli/load_truth.h"

namespace pim::cli {
namespace {

struct CheckCommand {
  std::string history;
  StoreSource store;
  bool others_wrote = false;
  bool json = false;
  const CLI::Option* collector = nullptr;  // of all commands
};

int check(const CheckCommand& command) {
  auto beside = std::filesystem::path(command.history).parent_path().string();
  if (beside.empty()) beside = ".";
  const auto report =
      check_truth(command.history, command.store, beside, {.sole_writer = !command.others_wrote});
  if (!report) return fail(kEnvironment, report.error());
  tell_truth(collector_url(*command.collector), *report);
  const auto text = command.json ? to_json(*report) + "\n" : to_text(*report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!report->clean()) return kClaimFailed;
  return report->whole ? kOk : kInconclusive;
}

}  // namespace

void add_load_check(CLI::App& load, Action& action, const CLI::Option& collector) {
  auto* command =
      load.add_subcommand("check", "Hold every recorded call against what the store has");
  command->footer(
      "Example:\n"
      "  pim load check --history out/history --admin-url http://127.0.0.1:8081 --token-file "
      "op.jwt\n"
      "  pim load check --history out/history --data ./data             (no server running)\n"
      "  pim load check --history out/history --export export.jsonl     (of `pim audit export`)\n"
      "The first two leave the export beside the history. docs/history-check.md says each rule. "
      "Exit\n"
      "code 1: the server did not keep its word, and the findings say where; 4: the history's "
      "writer\n"
      "was killed, and its last calls may be missing.");
  auto options = std::make_shared<CheckCommand>();
  options->collector = &collector;
  command->add_option("--history", options->history, "What the clients recorded")
      ->required()
      ->check(CLI::ExistingFile);
  auto* store = command->add_option_group("store", "Where the events are");
  store
      ->add_option("--export", options->store.exported,
                   "What `pim audit export` wrote after the last call")
      ->check(CLI::ExistingFile);
  store->add_option("--data", options->store.data,
                    "Data directory, of a stopped server or a backup");
  store->add_option("--admin-url", options->store.admin.url, "A running server's admin port");
  store->require_option(1);
  command->add_option("--token-file", options->store.admin.token_file,
                      "File with an operator's token, for --admin-url");
  command->add_flag("--others-wrote", options->others_wrote,
                    "Users that the history does not know wrote to the store, too");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([&action, options] { action = [options] { return check(*options); }; });
}

}  // namespace pim::cli
