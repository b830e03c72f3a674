// A short, deterministic conversation with a server, all of it in a history: valid writes and such
// as must be refused, repetitions, and reads of every kind.
#pragma once

#include <cstdint>
#include <string>

#include "load/history/recorder.h"
#include "load/workload.h"

namespace pim::integration {

struct DriveOptions {
  std::uint16_t port = 0;
  std::string history_file;
  std::string token;           // loadgen
  std::string operator_token;  // may retire providers
};

class Drive {
 public:
  explicit Drive(const DriveOptions& options);

  // Whatever the server answers; seals the history.
  void run();

 private:
  load::Completion send(const load::PreparedCommand& command);
  void step(load::Session& session);
  void after(const load::PreparedCommand& command, const load::Completion& answer);
  load::PreparedCommand fresh(load::PreparedCommand command);
  void send_what_must_be_refused(const load::PreparedCommand& command, Version version);
  void repeat(const load::PreparedCommand& command);
  void read(const Uuid& patient, const load::Position& written);
  void retire_and_admit();

  const DriveOptions options_;
  load::HistoryWriter history_;
  load::Recorder recorder_;
  load::HttpClient client_;
  const load::Caller caller_;
  const load::ReferenceData reference_;
  std::uint64_t count_ = 0;  // of accepted commands
  std::uint64_t fresh_ids_ = 0;
  bool waits_for_positions_ = true;  // until that took too long
  Uuid registered_;                  // the latest patient
};

}  // namespace pim::integration
