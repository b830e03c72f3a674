// The peer: message-db on PostgreSQL, default settings, fsync on, driven by pgbench in the
// configuration that suits it best: events spread over many categories, since it locks by category.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "domain/result.h"
#include "load/child_process.h"

namespace pim::bench {

struct PeerReport {
  double events_per_second = 0;
  double mean_latency_ms = 0;
};

class MessageDb {
 public:
  // Makes a cluster in `directory` (on the disk under test), starts it on a Unix socket only and
  // installs message-db from `scripts`. As root it runs as the user postgres, for PostgreSQL
  // refuses root.
  static Result<std::unique_ptr<MessageDb>, std::string> start(const std::string& directory,
                                                               const std::string& cache);
  ~MessageDb();

  // `clients` connections, each in a closed loop over write_message().
  Result<PeerReport, std::string> run(std::size_t clients, std::chrono::seconds duration);
  // Writes what is pending, so that it does not fall into somebody else's measurement.
  Result<void, std::string> settle();
  const std::string& version() const { return version_; }

 private:
  explicit MessageDb(std::string directory) : directory_(std::move(directory)) {}
  Result<void, std::string> initialise();
  Result<void, std::string> launch();
  Result<void, std::string> install(const std::string& cache);
  // Runs a program as the database's user, with PGHOST and PGUSER set; returns its output.
  Result<std::string, std::string> run_as_owner(std::vector<std::string> arguments,
                                                std::chrono::milliseconds limit);
  // The same as this process.
  Result<std::string, std::string> run_client(std::vector<std::string> arguments,
                                              std::chrono::milliseconds limit);

  std::string directory_;
  std::string version_;
  std::unique_ptr<load::ChildProcess> server_;
};

}  // namespace pim::bench
