// The act's server: a real `pim serve` as a child, killed and started again on the same data.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/result.h"
#include "load/server_process.h"

namespace pim::cli::prove {

inline constexpr const char* kTenant = "north-health";
inline constexpr std::uint32_t kShards = 4;

// This program's file.
std::string own_program();

// What is started as the server.
struct TestedProgram {
  std::string path;
  std::vector<std::string> environment;
};
// This program or, with a bug (store/planted.h), pim-planted beside it. The error: it is missing.
Result<TestedProgram, std::string> program_with(const std::string& bug);

// A server of this program below `directory`, in the lab's shape.
load::ServerConfig lab_server_config(TestedProgram program, const std::string& directory);
// `pim token --init` for it.
Result<void, std::string> make_server_keys(const load::ServerConfig& config);

// Start, kill and stop on one thread; the getters on any.
class LabServer {
 public:
  LabServer(TestedProgram program, const std::string& directory);

  Result<void, std::string> make_keys() { return make_server_keys(config_); }
  Result<std::string, std::string> token(const std::string& user, const std::string& role) const;

  // To readiness; returns how long it took.
  Result<std::chrono::milliseconds, std::string> start();
  // SIGKILL, and reaped.
  void kill();
  // SIGTERM; the exit, or none where it did not end within `limit`.
  std::optional<load::ChildExit> stop(std::chrono::milliseconds limit);

  // 0 while it is down. Changes with every start.
  std::uint16_t port() const { return port_.load(); }
  std::uint16_t admin_port() const { return admin_port_.load(); }
  const std::string& data() const { return config_.data_directory; }
  const std::string& keys() const { return config_.keys_file; }

  // By shard, from /metrics of the running server: the series `name{shard="..."}`.
  Result<std::map<std::uint32_t, double>, std::string> shard_metric(const std::string& name) const;
  Result<double, std::string> metric(const std::string& name) const;

 private:
  Result<std::string, std::string> scrape() const;

  load::ServerConfig config_;
  std::optional<load::ServerProcess> process_;
  std::atomic<std::uint16_t> port_{0};
  std::atomic<std::uint16_t> admin_port_{0};
};

}  // namespace pim::cli::prove
