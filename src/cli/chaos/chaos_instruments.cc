#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "chaos/disk/fault_disk.h"
#include "chaos/instrument/control_server.h"
#include "chaos/net/proxy.h"
#include "cli/chaos/chaos.h"
#include "cli/command_trace.h"
#include "cli/json_object.h"
#include "cli/stop_signals.h"
#include "cli/text_file.h"

namespace pim::cli::chaos {
namespace {

using namespace std::chrono_literals;

struct DiskOptions {
  std::string directory;
  std::string control;
  std::vector<std::string> command;
};

struct ProxyOptions {
  std::string to;
  std::string listen = "127.0.0.1:0";
  std::string control;
  std::string ready_file;
};

int run_on_disk(DiskOptions options, CommandTrace& trace) {
  const auto entered = pim::chaos::enter_fault_disk(options.directory, options.control);
  if (!entered) return fail(exit_code(entered.error().trouble), entered.error().message);
  trace.finish(kOk);  // from here on we are the program
  std::vector<char*> arguments;
  arguments.reserve(options.command.size() + 1);
  for (auto& word : options.command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  return fail(kEnvironment, load::system_error(options.command.front(), errno));
}

int run_proxy(const ProxyOptions& options) {
  const StopSignals signals;  // before any thread starts
  const auto to = pim::chaos::parse_loopback(options.to);
  if (!to) return fail(kUsage, "--to: " + to.error());
  const auto listen = pim::chaos::parse_loopback(options.listen);
  if (!listen) return fail(kUsage, "--listen: " + listen.error());
  const auto proxy = pim::chaos::Proxy::start(*listen, *to);
  if (!proxy) return fail(kEnvironment, proxy.error());
  const auto control = pim::chaos::ControlServer::start(options.control, (*proxy)->instrument());
  if (!control) return fail(kEnvironment, control.error());
  JsonObject ready;
  ready.add("pid", ::getpid()).add("port", (*proxy)->port());
  if (!options.ready_file.empty() &&
      !write_file_atomically(options.ready_file, ready.str() + "\n")) {
    return fail(kEnvironment, load::system_error("writing " + options.ready_file, errno));
  }
  std::puts(ready.str().c_str());
  std::fflush(stdout);
  while (!signals.wait(1h)) {
  }
  if (!options.ready_file.empty()) ::unlink(options.ready_file.c_str());
  return kOk;
}

}  // namespace

void add_disk(CLI::App& chaos, Action& action, std::unique_ptr<CommandTrace>& trace) {
  auto* command = chaos.add_subcommand(
      "disk", "Run a command on a disk of its own that can be made slow, full or broken");
  command->footer(
      "Example:\n"
      "  pim chaos disk .lab/data --control .lab/disk.sock -- pim serve --data .lab/data\n"
      "  pim chaos run fsync-fail --disk .lab/disk.sock --for 5s\n\n"
      "The command sees DIR through the disk, everybody else as it is. It has this process's pid,\n"
      "and the disk goes with it. Needs /dev/fuse, and root or user namespaces.");
  auto options = std::make_shared<DiskOptions>();
  command->add_option("DIR", options->directory, "An existing directory")->required();
  command->add_option("--control", options->control, "Socket for faults, outside DIR")->required();
  command->add_option("COMMAND", options->command, "After --: what is run")->required();
  command->callback([&action, &trace, options] {
    action = [&trace, options] { return run_on_disk(*options, *trace); };
  });
}

void add_proxy(CLI::App& chaos, Action& action) {
  auto* command =
      chaos.add_subcommand("proxy", "A TCP proxy that can be made slow, lossy or broken");
  command->footer(
      "Example:\n"
      "  pim chaos proxy --listen 127.0.0.1:9080 --to 127.0.0.1:8080 --control .lab/proxy.sock\n"
      "  pim chaos run net-delay --proxy .lab/proxy.sock --set delay=80ms --for 30s");
  auto options = std::make_shared<ProxyOptions>();
  command->add_option("--to", options->to, "Port on loopback to pass on to")->required();
  command->add_option("--listen", options->listen, "Port on loopback to take connections at")
      ->capture_default_str();
  command->add_option("--control", options->control, "Socket for faults")->required();
  command->add_option("--ready-file", options->ready_file,
                      "Written once ready: {\"pid\",\"port\"}");
  command->callback([&action, options] { action = [options] { return run_proxy(*options); }; });
}

}  // namespace pim::cli::chaos
