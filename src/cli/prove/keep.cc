#include "cli/prove/keep.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "cli/text_file.h"

namespace pim::cli::prove {
namespace {

bool read_ready(const std::string& file, KeptServer& server) {
  const auto text = read_file(file);
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::int64_t pid = 0;
  std::uint64_t port = 0;
  std::uint64_t admin_port = 0;
  if (!text || parser.parse(simdjson::padded_string(*text)).get(document) != simdjson::SUCCESS ||
      document["pid"].get(pid) != simdjson::SUCCESS ||
      document["port"].get(port) != simdjson::SUCCESS ||
      document["admin_port"].get(admin_port) != simdjson::SUCCESS) {
    return false;
  }
  server = {static_cast<pid_t>(pid), static_cast<std::uint16_t>(port),
            static_cast<std::uint16_t>(admin_port)};
  return true;
}

}  // namespace

Result<KeptServer, std::string> keep_server(const std::string& program, const std::string& data,
                                            const std::string& keys, const std::string& scratch) {
  const std::string ready = scratch + "/kept.json";
  const std::string log = scratch + "/kept.log";
  ::unlink(ready.c_str());
  const std::array<const char*, 13> arguments = {
      program.c_str(), "serve",       "--data", data.c_str(),   "--keys",
      keys.c_str(),    "--port",      "0",      "--admin-port", "0",
      "--ready-file",  ready.c_str(), nullptr};
  const pid_t child = ::fork();
  if (child < 0) return Err{std::string("fork: ") + std::strerror(errno)};
  if (child == 0) {
    ::setsid();
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int in = ::open("/dev/null", O_RDONLY);
    if (out < 0 || in < 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0) {
      ::_exit(127);
    }
    // execv takes char* for history's sake and changes nothing.
    ::execv(program.c_str(), const_cast<char* const*>(arguments.data()));
    ::_exit(127);
  }
  KeptServer server;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!read_ready(ready, server)) {
    const bool ended = ::waitpid(child, nullptr, WNOHANG) == child;
    if (ended || std::chrono::steady_clock::now() > until) {
      return Err{"the server to keep did not start; see " + log};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return server;
}

std::string curl_lines(const KeptServer& server, const std::string& token,
                       const std::string& auditor_token, const Uuid& patient) {
  const std::string base = "http://127.0.0.1:" + std::to_string(server.port);
  const std::string admin = "http://127.0.0.1:" + std::to_string(server.admin_port);
  const auto curl = [](const std::string& bearer, const std::string& url) {
    return "  curl -s -H 'Authorization: Bearer " + bearer + "' '" + url + "'\n";
  };
  return "\nthe server stays up (pid " + std::to_string(server.pid) + "); try:\n" +
         curl(token, base + "/v1/patients/" + patient.to_string()) +
         curl(auditor_token, base + "/v1/audit?patient=" + patient.to_string()) + "  curl -s '" +
         admin + "/metrics'\nand stop it with: kill " + std::to_string(server.pid) + "\n";
}

}  // namespace pim::cli::prove
