// The kinds of faults there are, by name: what each does, needs and can be told.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "chaos/fault.h"
#include "chaos/footprint.h"
#include "chaos/parameter.h"
#include "chaos/target.h"
#include "domain/result.h"

namespace pim::chaos {

struct FaultOrder;

struct Kind {
  std::string_view name;     // "disk-slow"
  std::string_view meaning;  // a sentence
  Need need;
  std::span<const ParameterInfo> parameters;
  std::string_view runbook;  // "fault-disk": docs/runbooks/fault-disk.md
  std::unique_ptr<Effect> (*make)(const FaultOrder& order);
};

// What an effect is made from; copied where it is kept.
struct FaultOrder {
  const Kind& kind;  // of the table: for ever
  const Target& target;
  const Parameters& parameters;
  Footprints* footprints;
};

std::span<const Kind> kinds();
const Kind* find_kind(std::string_view name);
std::string_view to_string(Need need);  // "a fault disk below its data (pim chaos disk)"

// For whoever validates a scenario: the message, and the parameter that it is about (empty: the
// kind). The lines are the caller's.
Result<Parameters, ParameterProblem> check_fault(std::string_view kind,
                                                 const ParameterTexts& given);

// Nothing is done to the target yet. The error says what the target lacks. Effects that outlive
// this process leave a footprint while they are in force; null: they leave none.
Result<Fault, FaultError> make_fault(std::string_view kind, const Target& target,
                                     const ParameterTexts& given, Footprints* footprints);

}  // namespace pim::chaos
