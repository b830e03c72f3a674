#include "lab_server.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "load/http_client.h"

namespace pim::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

}  // namespace

Scratch::Scratch(const std::string& parent) : path_(parent + "/run-" + std::to_string(::getpid())) {
  fs::create_directories(path_);
  // PostgreSQL runs as a user of its own and must be able to get to its part.
  fs::permissions(path_, fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add);
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<std::unique_ptr<LabServer>, std::string> LabServer::start(
    const Options& options, const Scratch& scratch, const std::string& data,
    std::vector<std::string> extra_arguments) {
  load::ServerConfig config{options.program,
                            data,
                            scratch.path("keys.json"),
                            scratch.path(),
                            std::move(extra_arguments),
                            {}};
  auto token = load::make_token(config, "loadgen-1", "loadgen", kTenant);
  if (!token) return Err{std::move(token.error())};
  auto process = load::ServerProcess::start(config);
  if (!process) return Err{std::move(process.error())};
  if (auto ready = process->await_ready(120s); !ready) return Err{std::move(ready.error())};
  return std::unique_ptr<LabServer>(
      new LabServer(std::move(process).value(), std::move(token).value()));
}

Result<void, std::string> LabServer::stop() {
  process_.process().signal(SIGTERM);
  const auto exit = process_.process().wait(load::Clock::now() + 20s);
  if (!exit) return Err{std::string("the server does not stop on SIGTERM")};
  if (!exit->clean()) return Err{"the server stopped with " + exit->to_string()};
  return {};
}

Result<void, std::string> LabServer::prepare(const load::ReferenceData& reference) {
  load::HttpClient client("127.0.0.1", port(), 10s);
  for (const auto& command : reference.setup()) {
    const auto reply = client.send(load::to_request(command, token_));
    if (!reply) return Err{std::string(command.name) + ": " + reply.error().message};
    if (reply->status >= 300) {
      return Err{std::string(command.name) + ": " + std::to_string(reply->status) + " " +
                 reply->body};
    }
  }
  return {};
}

Result<double, std::string> LabServer::metric(const std::string& name) {
  load::HttpClient client("127.0.0.1", process_.admin_port(), 10s);
  const auto reply = client.send({"GET", "/metrics", {}, ""});
  if (!reply) return Err{"/metrics: " + reply.error().message};
  const auto at = reply->body.find("\n" + name);
  if (at == std::string::npos) return Err{"/metrics has no " + name};
  return std::strtod(reply->body.c_str() + reply->body.find(' ', at) + 1, nullptr);
}

Result<std::chrono::nanoseconds, std::string> LabServer::catch_up(std::chrono::milliseconds limit) {
  const auto started = load::Clock::now();
  for (;;) {
    auto behind = metric("pim_projection_events_behind{projection=\"readmodel\"}");
    if (!behind) return Err{std::move(behind.error())};
    const auto waited = load::Clock::now() - started;
    if (*behind == 0) return waited;
    if (waited > limit) return Err{std::string("the read model does not catch up in time")};
    // Seldom enough that scrapes are not what is waited for.
    std::this_thread::sleep_for(std::clamp<std::chrono::nanoseconds>(waited / 20, 5ms, 1s));
  }
}

}  // namespace pim::bench
