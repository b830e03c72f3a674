// Whom a run asks about: facilities and providers, hot patients, and the sessions that write to
// patients of their own. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "domain/ids.h"
#include "load/reference_data.h"
#include "load/run/ask.h"
#include "load/scenario/scenario.h"
#include "load/workload.h"

namespace pim::load {

struct KnownPatient {
  Uuid id;
  std::int32_t shard = -1;  // as its registration's answer said
};

class Population {
 public:
  // All ids carry `start`, so two runs of one scenario share nothing.
  Population(const Scenario& scenario, UtcMillis start);
  Population(const Population&) = delete;
  Population& operator=(const Population&) = delete;

  const ReferenceData& reference() const { return reference_; }
  // The commands that register hot patient `index`.
  PreparedCommand registration(std::uint32_t index) const;
  UtcMillis start() const { return workload_.start; }
  std::uint64_t seed() const { return workload_.seed; }

  // Those that reads choose from: the hot ones first. Filled in by the setup.
  std::vector<KnownPatient>& patients() { return patients_; }

  // The sessions that the setup begins with; there may be more of them later.
  std::size_t sessions() const { return sessions_.size(); }
  Session& session(std::size_t index) { return sessions_[index].session; }
  // Patients that each of them registers in the setup.
  std::size_t patients_each() const { return workload_.registered_first; }

  // A session that no request is of, a new one where all are at work.
  std::size_t take_session();
  // Where the session's patient was last answered from; -1: not known.
  std::int32_t shard_of(std::size_t session) const;
  // Its command was answered; goes on to the next.
  void accepted(std::size_t session, Version version, std::int32_t shard);
  // It was not: leaves that patient.
  void abandon(std::size_t session);

 private:
  struct Writer {
    Session session;
    Uuid patient;  // that `shard` is of
    std::int32_t shard = -1;
  };
  WorkloadOptions workload_;
  ReferenceData reference_;
  std::vector<KnownPatient> patients_;
  std::deque<Writer> sessions_;
  std::deque<std::size_t> idle_;  // the one that has rested longest first
};

// The same request, in a run's form.
void to_ask(const PreparedCommand& command, Ask& request);

}  // namespace pim::load
