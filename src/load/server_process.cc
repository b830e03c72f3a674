#include "load/server_process.h"

#include <poll.h>
#include <simdjson.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

namespace pim::load {
namespace {

std::string contents_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::string tail_of(const std::string& file) {
  constexpr std::size_t kTail = 2000;
  const auto text = contents_of(file);
  return text.size() <= kTail ? text : text.substr(text.size() - kTail);
}

}  // namespace

ServerProcess::ServerProcess(ChildProcess process, std::string ready_file, std::string log_file)
    : process_(std::move(process)),
      ready_file_(std::move(ready_file)),
      log_file_(std::move(log_file)),
      started_(Clock::now()) {}

Result<ServerProcess, std::string> ServerProcess::start(const ServerConfig& config) {
  const std::string ready_file = config.scratch_directory + "/ready.json";
  const std::string log_file = config.scratch_directory + "/server.log";
  ::unlink(ready_file.c_str());
  ChildOptions options;
  options.arguments = config.wrapper;
  for (const auto& argument :
       {config.program, std::string("serve"), std::string("--data"), config.data_directory,
        std::string("--port"), std::to_string(config.port), std::string("--admin-port"),
        std::to_string(config.admin_port), std::string("--keys"), config.keys_file,
        std::string("--ready-file"), ready_file}) {
    options.arguments.push_back(argument);
  }
  options.arguments.insert(options.arguments.end(), config.extra_arguments.begin(),
                           config.extra_arguments.end());
  options.environment = config.environment;
  options.stdout_file = log_file;
  options.stderr_file = log_file;
  auto process = ChildProcess::start(options);
  if (!process) return Err{std::move(process.error())};
  return ServerProcess(std::move(process).value(), ready_file, log_file);
}

// False while the file is absent or half written.
bool ServerProcess::read_ready_file() {
  const simdjson::padded_string text(contents_of(ready_file_));
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::uint64_t port = 0;
  std::uint64_t admin_port = 0;
  if (parser.parse(text).get(document) != simdjson::SUCCESS ||
      document["port"].get(port) != simdjson::SUCCESS ||
      document["admin_port"].get(admin_port) != simdjson::SUCCESS) {
    return false;
  }
  port_ = static_cast<std::uint16_t>(port);
  admin_port_ = static_cast<std::uint16_t>(admin_port);
  return true;
}

Result<void, std::string> ServerProcess::await_ready(std::chrono::milliseconds limit) {
  const Deadline deadline = Clock::now() + limit;
  const Fd watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const std::string directory = ready_file_.substr(0, ready_file_.rfind('/'));
  if (::inotify_add_watch(watch.get(), directory.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
    return Err{system_error("watch of " + directory, errno)};
  }
  while (!read_ready_file()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0)
      return Err{"the server is not ready in time; its log ends:\n" + tail_of(log_file_)};
    std::array<pollfd, 2> entries{{{watch.get(), POLLIN, 0}, {process_.pidfd().get(), POLLIN, 0}}};
    ::poll(entries.data(), entries.size(), static_cast<int>(left) + 1);
    if (entries[1].revents != 0) {
      const auto exit = process_.wait(Clock::now());
      return Err{"the server ended before it was ready (" +
                 (exit ? exit->to_string() : std::string("?")) + "); its log ends:\n" +
                 tail_of(log_file_)};
    }
    alignas(inotify_event) std::array<char, 4096> events{};
    while (::read(watch.get(), events.data(), events.size()) > 0) {
    }
  }
  ready_time_ = Clock::now() - started_;
  return {};
}

Result<std::string, std::string> make_token(const ServerConfig& config, const std::string& user,
                                            const std::string& role, const std::string& tenant) {
  const std::string file = config.scratch_directory + "/token";
  const std::string errors = config.scratch_directory + "/token.err";
  ::unlink(file.c_str());
  ChildOptions options;
  options.arguments = {config.program, "token",  "--keys", config.keys_file, "--user",
                       user,           "--role", role,     "--tenant",       tenant,
                       "--ttl",        "12h",    "--init"};
  options.stdout_file = file;
  options.stderr_file = errors;
  const auto exit = run_child(options, std::chrono::seconds(10));
  if (!exit) return Err{exit.error()};
  std::string token = contents_of(file);
  ::unlink(file.c_str());
  token.erase(std::remove_if(token.begin(), token.end(), [](char c) { return c <= ' '; }),
              token.end());
  if (!exit->clean() || token.empty()) {
    return Err{"pim token: " + exit->to_string() + "\n" + tail_of(errors)};
  }
  return token;
}

}  // namespace pim::load
