// The rules of the domain as data: for each, a command that it refuses, and its nearest neighbour
// that passes. decide_rules_test.cc runs them.
#pragma once

#include <string_view>
#include <vector>

#include "domain/command.h"
#include "domain/domain_testing.h"
#include "domain/rejection_types.h"

namespace pim::domain_testing {

using Commands = std::vector<Command>;
namespace no = rejection;

struct Attempt {
  Commands given;
  Command command;
};
struct Rule {
  std::string_view name;
  std::string_view rejection;
  Attempt refused;
  Attempt accepted;
};

std::vector<Rule> stream_rules();
std::vector<Rule> value_rules();
std::vector<Rule> patient_rules();
std::vector<Rule> reference_rules();
std::vector<Rule> encounter_rules();
std::vector<Rule> diagnosis_rules();
std::vector<Rule> procedure_rules();
std::vector<Rule> medication_rules();
std::vector<Rule> billing_rules();
std::vector<Rule> all_rules();

// Histories to try a command on
inline constexpr auto kInpatient = EncounterClass::inpatient;

inline Commands operator+(Commands commands, const Commands& more) {
  commands.insert(commands.end(), more.begin(), more.end());
  return commands;
}
inline Commands registered() { return {register_patient()}; }
inline Commands admitted() { return registered() + Commands{admit()}; }
inline Commands admitted_inpatient() { return registered() + Commands{admit(1, kInpatient)}; }
inline Commands charted() { return admitted() + Commands{record_procedure(), prescribe()}; }
inline Commands billed() { return charted() + Commands{open_bill(), charge_procedure()}; }
inline Commands finalized() { return billed() + Commands{discharge(), finalize_bill()}; }

}  // namespace pim::domain_testing
