// Deterministic synthetic traffic: a stream of single-event commands for each connection, every one
// of them valid when the one before it was accepted.
//
//   ReferenceData (once) -> Session (one a connection) -> PreparedCommand -> any client
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/enums.h"
#include "domain/ids.h"
#include "load/dice.h"
#include "load/prepared_command.h"
#include "load/reference_data.h"

namespace pim::load {

struct WorkloadOptions {
  std::uint64_t seed = 1;
  // The time in ids: command n of a session carries start + n milliseconds, so that ids of several
  // sessions grow together as those of living clients do.
  UtcMillis start{1'767'225'600'000};  // 2026-01-01
  // How many encounters a patient has before a session registers another, on average.
  double encounters_per_patient = 4;
  // How often a command carries the version it expects, where that is known.
  double if_match = 0.1;
  // Patients that a session registers before anything else.
  std::size_t registered_first = 0;
  // Patients that a session remembers; a further one takes another one's place. 0: all.
  std::size_t most_patients = 0;
};

// One connection's traffic. It owns its patients: no other session writes to them, so an answer is
// always what this session's own history allows. Not thread-safe.
class Session {
 public:
  // `reference` outlives it. Sessions with different numbers share nothing.
  Session(const WorkloadOptions& options, const ReferenceData& reference, std::uint32_t number);

  // The request to send now; the same until one of the two below is called.
  const PreparedCommand& current() const { return command_; }
  // It was accepted; the stream is at `version` (0: not known). Goes on to the next.
  void accepted(Version version);
  // It was rejected, or its outcome will stay unknown: leaves that patient for good.
  void abandon();

  // Patients whose registration was accepted and that were not abandoned.
  std::vector<Uuid> patients() const;

 private:
  enum class Step : std::uint8_t {
    register_patient,
    amend_patient,
    admit,
    diagnosis,
    revise_diagnosis,
    procedure,
    medication,
    stop_medication,
    transfer,
    open_bill,
    charge,
    void_charge,
    discharge,
    reopen,
    discharge_again,
    finalize,
    cancel,
  };
  struct Patient {
    Uuid id;
    std::int64_t clock = 0;  // the time of its latest event, ms
    Version version = 0;     // 0: not known
    std::size_t place = 0;   // where it lives: an index
    bool registered = false;
  };
  struct Source {  // what a bill line can charge for
    SourceKind kind;
    Uuid id;
  };

  Uuid id_for(std::uint64_t what);
  void plan_next();
  std::size_t place_for_another(Dice& dice);
  void plan_encounter(Dice& dice);
  void prepare();
  void below_encounter(std::string_view rest);
  std::string_view diagnosis_code() const;
  void prepare_patient(Step step, Dice& dice);
  void prepare_encounter(Step step, Dice& dice);
  void prepare_clinical(Step step, Dice& dice);
  void prepare_billing(Step step, Dice& dice);

  WorkloadOptions options_;
  const ReferenceData* reference_;
  std::uint32_t number_;
  std::uint64_t sent_ = 0;  // commands prepared, which numbers them

  std::vector<Patient> patients_;
  std::size_t registered_first_ = 0;  // of those that options_ asks for
  std::size_t patient_ = 0;           // the one at work

  // The encounter at work, or nothing between encounters.
  std::vector<Step> plan_;
  std::size_t at_ = 0;
  Uuid encounter_;
  EncounterClass class_ = EncounterClass::ambulatory;
  std::size_t facility_ = 0;
  std::vector<Uuid> diagnoses_;
  std::vector<Uuid> medications_;
  std::vector<Source> billable_;  // not yet on a bill line
  std::size_t first_code_ = 0;    // diagnosis codes of one encounter are neighbours in the list
  std::int32_t lines_ = 0;

  Uuid new_id_;  // of what the current command creates
  PreparedCommand command_;
};

}  // namespace pim::load
