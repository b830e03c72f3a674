#include "cli/chaos/unit_file.h"

#include <map>
#include <memory>
#include <utility>

#include "chaos/process/command_process.h"
#include "data/toml.h"

namespace pim::cli::chaos {
namespace {

using pim::chaos::CommandProcess;
using pim::chaos::StartCommand;
using pim::chaos::Target;

std::string absolute(const std::string& directory, const std::string& path) {
  return path.empty() || path.starts_with('/') ? path : directory + "/" + path;
}

}  // namespace

Result<Target, std::string> parse_unit(std::string_view text, const std::string& path,
                                       const std::string& directory) {
  const auto table = data::parse_toml(text);
  if (!table) {
    return Err{path + ":" + std::to_string(table.error().place.line) + ": " +
               table.error().message};
  }
  Target target;
  StartCommand command;
  command.directory = directory;
  const std::map<std::string_view, std::string*> texts = {
      {"name", &target.name},      {"ready-file", &command.ready_file},
      {"log", &command.log_file},  {"disk", &target.disk},
      {"proxy", &target.proxy},    {"clock", &target.clock},
      {"address", &target.address}};
  for (const auto& [key, node] : *table) {
    const auto wrong = [&](const std::string& must) {
      std::string message = path + ":" + std::to_string(node.source().begin.line) + ": '";
      message.append(key.str()).append("' ").append(must);
      return Err{std::move(message)};
    };
    if (key.str() == "command") {
      const auto* words = node.as_array();
      if (words == nullptr || words->empty()) return wrong("must be an array of texts");
      for (const auto& word : *words) {
        const auto argument = word.value_exact<std::string>();
        if (!argument) return wrong("must be an array of texts");
        command.arguments.push_back(*argument);
      }
      continue;
    }
    const auto known = texts.find(key.str());
    if (known == texts.end()) {
      return wrong(
          "is no key of a unit file: name, command, ready-file, log, disk, proxy, "
          "address, clock");
    }
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong("must be a text");
    *known->second = *value;
  }
  if (target.name.empty()) return Err{path + ": 'name' is missing"};
  if (command.arguments.empty() != command.ready_file.empty()) {
    return Err{path +
               ": 'command' and 'ready-file' go together: how it is started, and where it "
               "says that it is ready"};
  }
  for (auto* file :
       {&target.disk, &target.proxy, &target.clock, &command.ready_file, &command.log_file}) {
    *file = absolute(directory, *file);
  }
  if (!command.arguments.empty()) {
    target.process = std::make_shared<CommandProcess>(std::move(command));
  }
  return target;
}

}  // namespace pim::cli::chaos
