// A server that is killed again and again under load, on one data directory, and the history of all
// calls that is held against what it kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "load/crew.h"
#include "load/histogram.h"
#include "load/history/check.h"
#include "load/history/recorder.h"
#include "load/server_process.h"

namespace pim::crash {

// A directory that goes with its scope, also when a test fails; those of test programs that were
// killed go with the next one.
class WorkingDirectory {
 public:
  WorkingDirectory();
  ~WorkingDirectory();
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct CampaignOptions {
  std::string program;          // the shipped one
  std::string planted_program;  // the one with `planted_bug`; empty: none
  std::string planted_bug;
  std::uint64_t seed = 1;
  std::size_t members = 8;
};

// One data directory's life. An error of any call is a failure of the environment or of the server
// (it does not start, it ends by itself); what the check finds is in the reports.
class Campaign {
 public:
  explicit Campaign(CampaignOptions options);

  // Starts the server; the first time, the shipped one has written the reference data before.
  Result<void, std::string> start();
  // Starts the server and kills it at a random time, mostly before it is ready.
  Result<void, std::string> kill_while_starting();
  // Load until a random number of acknowledgements, then SIGKILL in the middle of it.
  Result<void, std::string> kill_under_load();
  // Load, then SIGTERM in the middle of it; the time from the signal to the clean end.
  Result<std::chrono::nanoseconds, std::string> drain_under_load();
  // The members' last requests again; adds to replays().
  void replay();
  // All calls so far against the whole store. The server must not run.
  Result<load::CheckReport, std::string> check();

  const load::CrewTotals& totals() const { return crew_->totals(); }
  const load::ReplayReport& replays() const { return replays_; }
  const load::Histogram& ready_times() const { return ready_times_; }
  std::uint64_t kills() const { return kills_; }

 private:
  Result<void, std::string> launch(const load::ServerConfig& config);
  Result<void, std::string> enlist();
  Result<void, std::string> prepare();

  CampaignOptions options_;
  WorkingDirectory directory_;
  load::Dice dice_;
  load::ServerConfig shipped_;
  load::ServerConfig config_;  // of the server under test
  load::ReferenceData reference_;
  std::optional<load::HistoryWriter> history_;
  std::optional<load::Recorder> recorder_;
  std::unique_ptr<load::Crew> crew_;
  std::unique_ptr<load::ServerProcess> server_;
  load::ReplayReport replays_;
  load::Histogram ready_times_;
  std::uint64_t kills_ = 0;
  bool prepared_ = false;
};

}  // namespace pim::crash
