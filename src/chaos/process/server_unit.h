// A server that ends with us and can be started again, by whatever thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "chaos/target.h"
#include "load/server_process.h"

namespace pim::chaos {

// Thread-safe. The kernel ends a child with the thread that started it, so a thread that stays as
// long as the unit starts them all.
class ServerUnit final : public RestartableProcess {
 public:
  explicit ServerUnit(load::ServerConfig config,
                      std::chrono::milliseconds limit = std::chrono::seconds(60));
  ~ServerUnit() override;  // SIGKILL
  ServerUnit(const ServerUnit&) = delete;
  ServerUnit& operator=(const ServerUnit&) = delete;

  std::optional<pid_t> pid() override;
  // Each time on the ports of the first time.
  Result<void, std::string> start() override;
  // 0 before the first start.
  std::uint16_t port() const;
  std::uint16_t admin_port() const;

 private:
  void keep_starting();
  Result<void, std::string> start_now();

  const std::chrono::milliseconds limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  load::ServerConfig config_;  // guarded by mutex_, as below
  std::optional<load::ServerProcess> server_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::optional<Result<void, std::string>> outcome_;
  std::thread starter_;
};

}  // namespace pim::chaos
