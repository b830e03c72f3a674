#include "chaos/process/command_process.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "chaos/lasting_effect.h"
#include "chaos/process/process_id.h"
#include "chaos/restore.h"
#include "load/socket.h"

namespace pim::chaos {
namespace {

// What the process that is to live on tells before it becomes the program, and where it cannot.
struct Birth {
  pid_t pid = 0;
  int error = 0;
};

std::vector<char*> argument_pointers(std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  return pointers;
}

void report(int pipe, const Birth& birth) {
  if (::write(pipe, &birth, sizeof birth) < 0) ::_exit(1);
}

// Only async-signal-safe calls, but for the search of execvp: other threads may have held any lock.
[[noreturn]] void become(char* const* arguments, const char* directory, int log, int pipe) {
  report(pipe, {::getpid(), 0});
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (::chdir(directory) == 0) ::execvp(arguments[0], arguments);
  report(pipe, {::getpid(), errno});
  ::_exit(1);
}

// Its parent ends at once, so that it is nobody's here.
Result<ProcessId, std::string> start_detached(const StartCommand& command) {
  const std::string log_file = command.log_file.empty() ? "/dev/null" : command.log_file;
  const load::Fd log(::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log) return Err{load::system_error("opening " + log_file, errno)};
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Err{load::system_error("pipe", errno)};
  const load::Fd reader(ends[0]);
  load::Fd writer(ends[1]);

  auto arguments = command.arguments;
  const auto pointers = argument_pointers(arguments);
  const std::string directory = command.directory.empty() ? "." : command.directory;
  const pid_t between = ::fork();
  if (between < 0) return Err{load::system_error("fork", errno)};
  if (between == 0) {
    ::setsid();
    if (::fork() == 0) become(pointers.data(), directory.c_str(), log.get(), writer.get());
    ::_exit(0);
  }
  ::waitpid(between, nullptr, 0);
  writer.reset();
  Birth birth;
  std::optional<ProcessId> process;
  while (::read(reader.get(), &birth, sizeof birth) == sizeof birth) {
    if (birth.error != 0) {
      return Err{load::system_error("starting " + command.arguments.front(), birth.error)};
    }
    process = identify(birth.pid);
  }
  if (!process)
    return Err{command.arguments.front() + " ended before it was ready; see " + log_file};
  return *process;
}

std::optional<pid_t> pid_in(const std::string& ready_file) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::int64_t pid = 0;
  if (parser.load(ready_file).get(document) != simdjson::SUCCESS ||
      document["pid"].get(pid) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return static_cast<pid_t>(pid);
}

bool ends_with(const std::vector<std::string>& whole, const std::vector<std::string>& end) {
  return !end.empty() && end.size() <= whole.size() &&
         std::equal(end.rbegin(), end.rend(), whole.rbegin());
}

std::string in_directory(const StartCommand& command, const std::string& file) {
  return file.starts_with('/') || command.directory.empty() ? file : command.directory + "/" + file;
}

}  // namespace

std::optional<pid_t> CommandProcess::pid() {
  const auto pid = pid_in(in_directory(command_, command_.ready_file));
  if (!pid) return std::nullopt;
  const auto process = identify(*pid);
  if (!process || !ends_with(command_.arguments, command_line(*process))) return std::nullopt;
  return pid;
}

Result<void, std::string> CommandProcess::start() {
  ::unlink(in_directory(command_, command_.ready_file).c_str());
  auto command = command_;
  if (!command.log_file.empty()) command.log_file = in_directory(command_, command_.log_file);
  const auto process = start_detached(command);
  if (!process) return Err{process.error()};
  bool ready = false;
  wait_until_so(limit_, [&] {
    ready = pid().has_value();
    return ready || !is_alive(*process);
  });
  if (ready) return {};
  return Err{command.arguments.front() +
             (is_alive(*process) ? " is not ready in time" : " ended before it was ready") +
             "; see " + (command.log_file.empty() ? "its log" : command.log_file)};
}

void add_command(const StartCommand& command, Footprint& footprint) {
  auto& fields = footprint.fields;
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    fields["argument" + std::to_string(i)] = command.arguments[i];
  }
  fields["directory"] = command.directory;
  fields["ready_file"] = command.ready_file;
  fields["log_file"] = command.log_file;
}

StartCommand command_of(const Footprint& footprint) {
  StartCommand command;
  const auto& fields = footprint.fields;
  for (auto at = fields.find("argument0"); at != fields.end();) {
    command.arguments.push_back(at->second);
    at = fields.find("argument" + std::to_string(command.arguments.size()));
  }
  command.directory = text_of(footprint, "directory");
  command.ready_file = text_of(footprint, "ready_file");
  command.log_file = text_of(footprint, "log_file");
  return command;
}

Restored start_again(const Footprint& footprint) {
  CommandProcess process(command_of(footprint));
  if (process.command().arguments.empty()) {
    return Err{"the footprint does not say how '" + footprint.target + "' is started"};
  }
  if (process.pid()) return {};
  return process.start();
}

}  // namespace pim::chaos
