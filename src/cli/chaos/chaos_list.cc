#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "chaos/kind.h"
#include "cli/chaos/chaos.h"
#include "cli/json_object.h"

namespace pim::cli::chaos {
namespace {

using pim::chaos::Kind;

std::string json_of(const Kind& kind) {
  std::vector<std::string> parameters;
  for (const auto& info : kind.parameters) {
    JsonObject parameter;
    parameter.add("name", info.name)
        .add("default", info.standard)
        .add("range", info.range())
        .add("meaning", info.meaning);
    parameters.push_back(parameter.str());
  }
  JsonObject object;
  object.add("kind", kind.name)
      .add("meaning", kind.meaning)
      .add("needs", to_string(kind.need))
      .add("runbook", kind.runbook)
      .raw("parameters", json_array(parameters));
  return object.str();
}

void print(const Kind& kind) {
  std::printf("%s: %s\n    needs %s; runbook %s\n", std::string(kind.name).c_str(),
              std::string(kind.meaning).c_str(), std::string(to_string(kind.need)).c_str(),
              std::string(kind.runbook).c_str());
  for (const auto& info : kind.parameters) {
    std::printf("    %s=%s  %s (%s)\n", std::string(info.name).c_str(),
                std::string(info.standard).c_str(), std::string(info.meaning).c_str(),
                info.range().c_str());
  }
}

int list(bool json) {
  std::vector<std::string> all;
  for (const auto& kind : pim::chaos::kinds()) {
    if (json) {
      all.push_back(json_of(kind));
    } else {
      print(kind);
    }
  }
  if (json) std::puts(json_array(all).c_str());
  return kOk;
}

}  // namespace

void add_list(CLI::App& chaos, Action& action) {
  auto* command =
      chaos.add_subcommand("list", "The kinds of faults, what they need and can be told");
  command->footer("Example:\n  pim chaos list --json");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "As JSON");
  command->callback([&action, json] { action = [json] { return list(*json); }; });
}

}  // namespace pim::cli::chaos
