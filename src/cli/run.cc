#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "cli/command.h"
#include "cli/main.h"
#include "cli/profiling.h"

namespace pim::cli {
namespace {

// `audit-verify` of `pim audit verify ...`.
std::string name_of(const CLI::App& app) {
  std::string name;
  const auto* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    name += (name.empty() ? "" : "-") + at->get_name();
  }
  return name;
}

}  // namespace

int run(int argc, const char* const* argv) {
  // A reader that closed its end is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);

  CLI::App app{"pim: a lab that proves its own claims about a health data spine.", "pim"};
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of all subcommands");
  app.footer(
      "Example:\n  pim serve --data ./data\n\n"
      "Exit codes: 0 ok, 1 the claim failed, 2 usage, 3 environment, 4 inconclusive");
  Action action;
  add_serve(app, action);
  add_prove(app, action);
  add_data(app, action);
  add_token(app, action);
  add_shard(app, action);
  add_store(app, action);
  add_audit(app, action);
  add_metrics(app, action);
  add_version(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  try {
    if (!action) return kUsage;
    // a server takes its own settings
    const auto profiling = app.got_subcommand("serve") ? nullptr : Profiling::start(name_of(app));
    return action();
  } catch (const std::exception& error) {
    return fail(kEnvironment, error.what());
  }
}

}  // namespace pim::cli
