#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <memory>

#include "cli/command.h"
#include "cli/command_trace.h"
#include "cli/main.h"
#include "cli/profiling.h"

namespace pim::cli {
namespace {

constexpr const char* kEndpoint = "--otlp-endpoint";

// The parser with every command in it, and what the chosen one is to do.
struct CommandLine {
  CommandLine() {
    app.require_subcommand(1);
    app.fallthrough();
    app.set_help_all_flag("--help-all", "Help of all subcommands");
    app.add_option(kEndpoint,
                   "Where the command's trace, and what a check found, go: http://HOST:4318")
        ->envname("PIM_OTLP_ENDPOINT")
        ->type_name("URL");
    app.footer(
        "Example:\n  pim serve --data ./data\n\n"
        "Exit codes: 0 ok, 1 the claim failed, 2 usage, 3 environment, 4 inconclusive");
    add_serve(app, action, trace);
    add_prove(app, action);
    add_data(app, action);
    add_load(app, action);
    add_token(app, action);
    add_shard(app, action);
    add_store(app, action);
    add_audit(app, action);
    add_metrics(app, action);
    add_event(app, action);
    add_chaos(app, action, trace);
    add_version(app, action);
  }

  CLI::App app{"pim: a lab that proves its own claims about a health data spine.", "pim"};
  Action action;
  std::unique_ptr<CommandTrace> trace;  // from the parsing to the end
};

// Of the command that was chosen; one of its own goes before the one of all.
std::string endpoint_of(const CLI::App& app) {
  std::string endpoint;
  for (const CLI::App* at = &app; at != nullptr;) {
    const auto* option = at->get_option_no_throw(kEndpoint);
    if (option != nullptr && option->count() > 0) endpoint = option->as<std::string>();
    const auto chosen = at->get_subcommands();
    at = chosen.empty() ? nullptr : chosen.front();
  }
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

std::string name_of(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app.get_name() : app.get_name() + " " + name_of(*chosen.front());
}

// `audit-verify` of `pim audit verify`.
std::string profile_label(const CLI::App& app) {
  std::string label = name_of(app).substr(app.get_name().size() + 1);
  std::ranges::replace(label, ' ', '-');
  return label;
}

void list(const CLI::App& app, const std::string& name, std::vector<std::string>& names) {
  // a group of options is an App too, without a name
  const auto below =
      app.get_subcommands([](const CLI::App* each) { return !each->get_name().empty(); });
  if (below.empty()) names.push_back(name);
  for (const auto* each : below) list(*each, name + " " + each->get_name(), names);
}

int perform(const CLI::App& app, const Action& action) {
  try {
    if (!action) return kUsage;
    // a server takes its own settings
    const auto profiling =
        app.got_subcommand("serve") ? nullptr : Profiling::start(profile_label(app));
    return action();
  } catch (const std::exception& error) {
    return fail(kEnvironment, error.what());
  }
}

}  // namespace

int run(int argc, const char* const* argv) {
  // A reader that closed its end is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);

  CommandLine line;
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return line.app.exit(error) == 0 ? kOk : kUsage;
  }
  const auto endpoint = endpoint_of(line.app);
  if (!endpoint.empty() && !endpoint.starts_with("http://") && !endpoint.starts_with("https://")) {
    return fail(kUsage, std::string(kEndpoint) + " must begin with http:// or https://");
  }
  line.trace = std::make_unique<CommandTrace>(endpoint, name_of(line.app));
  const int code = perform(line.app, line.action);
  line.trace->finish(code);
  return code;
}

std::vector<std::string> commands() {
  const CommandLine line;
  std::vector<std::string> names;
  list(line.app, line.app.get_name(), names);
  return names;
}

}  // namespace pim::cli
