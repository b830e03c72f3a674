// A server under a bench: a directory of its own on the disk under test, a real process, tokens.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "domain/result.h"
#include "load/reference_data.h"
#include "load/server_process.h"
#include "options.h"

namespace pim::bench {

// Made under `parent`, and removed with everything in it.
class Scratch {
 public:
  explicit Scratch(const std::string& parent);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class LabServer {
 public:
  // Starts a server on `data` and waits until it is ready.
  static Result<std::unique_ptr<LabServer>, std::string> start(
      const Options& options, const Scratch& scratch, const std::string& data,
      std::vector<std::string> extra_arguments = {});
  // Drains and stops it; the destructor kills it otherwise.
  Result<void, std::string> stop();

  std::uint16_t port() const { return process_.port(); }
  pid_t pid() { return process_.process().pid(); }
  std::chrono::nanoseconds ready_time() const { return process_.ready_time(); }
  const std::string& token() const { return token_; }  // role loadgen

  // Sends the reference data's commands.
  Result<void, std::string> prepare(const load::ReferenceData& reference);
  // The value of a metric without labels, from the admin port.
  Result<double, std::string> metric(const std::string& name);
  // Waits until the read model has every event; returns how long that took.
  Result<std::chrono::nanoseconds, std::string> catch_up(std::chrono::milliseconds limit);

 private:
  LabServer(load::ServerProcess process, std::string token)
      : process_(std::move(process)), token_(std::move(token)) {}
  load::ServerProcess process_;
  std::string token_;
};

inline constexpr const char* kTenant = "north-health";

}  // namespace pim::bench
