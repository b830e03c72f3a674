// The demo's server: a real `pim serve` as a child, killed and started again on the same data.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "domain/result.h"
#include "load/server_process.h"

namespace pim::cli::demo {

inline constexpr const char* kTenant = "north-health";
inline constexpr std::uint32_t kShards = 4;

// Start, kill and stop on one thread; the getters on any.
class LabServer {
 public:
  // `environment` as in ServerConfig.
  LabServer(std::string program, const std::string& directory,
            std::vector<std::string> environment);

  Result<void, std::string> make_keys();
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

}  // namespace pim::cli::demo
