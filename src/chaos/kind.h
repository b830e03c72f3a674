// The kinds of faults there are, by name: what each does, needs and can be told.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chaos/fault.h"
#include "chaos/footprint.h"
#include "chaos/parameter.h"
#include "chaos/target.h"
#include "domain/result.h"

namespace pim::chaos {

struct Kind {
  std::string_view name;  // "disk-slow"
  std::string_view meaning;
  Need need;
  std::span<const ParameterInfo> parameters;
  std::string_view runbook;  // "fault-disk": docs/runbooks/fault-disk.md
  std::unique_ptr<Effect> (*make)(const Target& target, const Parameters& parameters,
                                  Footprints* footprints);
};

std::span<const Kind> kinds();
const Kind* find_kind(std::string_view name);

// For whoever validates a scenario: the message, and the parameter that it is about (empty: the
// kind). The lines are the caller's.
Result<Parameters, ParameterProblem> check_fault(std::string_view kind,
                                                 const ParameterTexts& given);

// Nothing is done to the target yet, but it is looked at: the error says what it lacks. Effects
// that outlive this process leave a footprint while they are in force; null: none are kept.
Result<Fault, FaultError> make_fault(std::string_view kind, const Target& target,
                                     const ParameterTexts& given, Footprints* footprints);

std::string_view to_string(Need need);  // "a fault disk below its data (pim chaos disk)"

}  // namespace pim::chaos
