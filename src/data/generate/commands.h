// A plan through the API: the same rows as commands, each with an idempotency key of its own, so
// that a run that was cut short is simply run again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/generate/plan.h"
#include "data/generate/rows.h"
#include "data/sender.h"
#include "domain/result.h"

namespace pim::data::generate {

// Turns rows into commands; a sink of histories.h. A patient's come in an order that the domain
// accepts: an encounter's entries and charges while it is open, then discharge and final bill; a
// death last.
class CommandWriter {
 public:
  // False: stop.
  using Emit = std::function<bool(const OutgoingCommand& command)>;

  // The keys follow from the plan as a whole: another plan's commands are other requests.
  CommandWriter(const Plan& plan, Emit emit);

  void begin_facility(std::uint64_t index) { begin(1, index); }
  void begin_provider(std::uint64_t index) { begin(2, index); }
  void begin_patient(std::uint64_t index) { begin(3, index); }

  void on_facility(const FacilityRow& row);
  void on_provider(const ProviderRow& row);
  void on_patient(const PatientRow& row);
  void on_encounter(const EncounterRow& row);
  void on_diagnosis(const DiagnosisRow& row);
  void on_procedure(const ProcedureRow& row);
  void on_medication(const MedicationRow& row);
  void on_charge(const ChargeRow& row);
  void on_encounter_end(const EncounterRow& row, bool final);
  void on_patient_end(const PatientRow& row);

  bool stopped() const { return stopped_; }

 private:
  class Body;
  void begin(std::uint8_t kind, std::uint64_t index);
  void emit(std::string_view command, const IdText& stream, const IdText* encounter, Body body);

  std::uint64_t key_;
  Emit emit_;
  std::uint8_t kind_ = 0;
  std::uint64_t index_ = 0;
  std::uint64_t number_ = 0;  // of the command within its stream
  bool stopped_ = false;
};

struct SendSummary {
  static constexpr std::size_t kMaxRefusals = 20;  // kept; all are counted
  std::uint64_t commands = 0;
  std::uint64_t accepted = 0;
  std::uint64_t replayed = 0;  // by an earlier run
  std::uint64_t refused = 0;
  std::vector<std::string> refusals;
};

struct SendError {
  bool usage = false;  // the plan; else the server
  std::string message;
  SendSummary so_far;
};

struct SendOptions {
  unsigned threads = 1;
  // One a thread; called on the caller's.
  std::function<std::unique_ptr<Sender>()> connect;
  // From one thread at a time: streams done, of how many.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// Facilities first, then providers, then patients; within each kind in parallel.
Result<SendSummary, SendError> send_plan(const Plan& plan, const SendOptions& options);

}  // namespace pim::data::generate
