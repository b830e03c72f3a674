#include "domain/rejection.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "domain/rejection_types.h"

namespace pim {
namespace {

constexpr auto kConflict = RejectionClass::conflict;
constexpr auto kNotFound = RejectionClass::not_found;

struct Entry {
  RejectionInfo info;
  std::string_view detail;  // {name} stands for a parameter
};

constexpr auto kEntries = std::to_array<Entry>({
    {{rejection::stream_unknown, kNotFound, "The resource does not exist.",
      "Check the id, or register it first."},
     "There is no such {kind}."},
    {{rejection::id_taken, kConflict, "The id is already in use.",
      "Choose another id; to repeat a request, send its Idempotency-Key again."},
     "The {what} id {id} is already in use."},
    {{rejection::value_invalid, kConflict, "A value is outside of what its field allows.",
      "Correct the field."},
     "The value of {field} is not allowed."},
    {{rejection::nothing_to_change, kConflict, "The command would change nothing.",
      "Send at least one field that differs from the present state."},
     "No field differs from the present state."},
    {{rejection::already_void, kConflict, "It is void already.", "Nothing is left to do."},
     "The {what} {id} is void already."},

    {{rejection::patient_inactive, kConflict, "The patient is inactive.",
      "Only an active patient is admitted."},
     "The patient is inactive."},
    {{rejection::patient_deceased, kConflict, "The patient is deceased.",
      "Only a living patient is admitted."},
     "The patient is deceased."},
    {{rejection::birth_year_implausible, kConflict, "The birth year is not plausible.",
      "Send a year that is not in the future and not after the year of death."},
     "The birth year {birth_year} lies after {latest}."},
    {{rejection::deceased_year_implausible, kConflict, "The year of death is not plausible.",
      "Send a year from the birth year to the present one."},
     "The year of death {deceased_year} is not between {earliest} and {latest}."},

    {{rejection::provider_unknown, kConflict, "The provider is not known.",
      "Check the id; a provider registered a moment ago may take seconds to be known here."},
     "The provider {id} is not known."},
    {{rejection::provider_retired, kConflict, "The provider is retired.",
      "Name a provider that is active."},
     "The provider {id} is retired."},
    {{rejection::facility_unknown, kConflict, "The facility is not known.",
      "Check the id; a facility registered a moment ago may take seconds to be known here."},
     "The facility {id} is not known."},
    {{rejection::facility_retired, kConflict, "The facility is retired.",
      "Name a facility that is active."},
     "The facility {id} is retired."},

    {{rejection::encounter_unknown, kNotFound, "The patient has no such encounter.",
      "Check the encounter id."},
     "The patient has no encounter {id}."},
    {{rejection::encounter_not_open, kConflict, "The encounter is not open.",
      "Reopen a discharged encounter for a late entry."},
     "The encounter {id} is {status}."},
    {{rejection::encounter_not_discharged, kConflict, "The encounter is not discharged.",
      "Discharge the encounter first."},
     "The encounter {id} is {status}."},
    {{rejection::encounter_cancelled, kConflict, "The encounter is cancelled.",
      "A cancelled encounter is not billed; admit a new one."},
     "The encounter {id} is cancelled."},
    {{rejection::encounter_not_empty, kConflict, "The encounter still has entries.",
      "Void its diagnoses, procedures, medications and bill first."},
     "The encounter {id} still has a {what} that is not void."},
    {{rejection::inpatient_already_open, kConflict, "The patient has an open inpatient encounter.",
      "Discharge it first."},
     "The patient's inpatient encounter {id} is open."},
    {{rejection::time_in_future, kConflict, "The time lies in the future.",
      "Send the time at which it happened; check the clock."},
     "The time {field} lies after {now}, the time of the command."},
    {{rejection::time_before_admission, kConflict, "The time lies before the admission.",
      "Send a time within the encounter."},
     "The time {field} lies before the admission at {admitted_at}."},
    {{rejection::time_before_transfer, kConflict, "The time lies before the last transfer.",
      "Send a time at or after the last transfer."},
     "The time {field} lies before the transfer at {transferred_at}."},
    {{rejection::discharge_before_entry, kConflict, "An entry is later than the discharge.",
      "Discharge at or after the last entry, or void that entry."},
     "The encounter {id} has an entry at {latest}, after the discharge."},

    {{rejection::diagnosis_unknown, kNotFound, "The encounter has no such diagnosis.",
      "Check the diagnosis id."},
     "The encounter has no diagnosis {id}."},
    {{rejection::primary_diagnosis_taken, kConflict, "The encounter has a primary diagnosis.",
      "Revise or void the diagnosis of rank 1 first."},
     "The diagnosis {id} has rank 1."},
    {{rejection::duplicate_diagnosis, kConflict, "The encounter has this diagnosis code already.",
      "Revise the diagnosis that has the code."},
     "The diagnosis {id} has the code {icd10cm}."},
    {{rejection::procedure_unknown, kNotFound, "The encounter has no such procedure.",
      "Check the procedure id."},
     "The encounter has no procedure {id}."},
    {{rejection::pcs_needs_inpatient, kConflict, "ICD-10-PCS is for inpatient encounters only.",
      "Use a HCPCS code."},
     "The encounter is of class {class}; ICD-10-PCS is for inpatient only."},
    {{rejection::medication_unknown, kNotFound, "The encounter has no such medication.",
      "Check the medication id."},
     "The encounter has no medication {id}."},
    {{rejection::stop_before_start, kConflict, "The medication would stop before it starts.",
      "Send a stop at or after the start."},
     "The stop lies before the start at {start}."},
    {{rejection::already_stopped, kConflict, "The medication is stopped already.",
      "Void the medication if its times are wrong."},
     "The medication {id} stopped at {stop}."},
    {{rejection::still_billed, kConflict, "It is on a bill.", "Void the bill line first."},
     "Line {line_no} of the bill charges for the {what} {id}."},

    {{rejection::bill_unknown, kNotFound, "The encounter has no bill.", "Open a bill first."},
     "The encounter {id} has no bill."},
    {{rejection::bill_exists, kConflict, "The encounter has a bill.",
      "Use that bill, or void it first."},
     "The bill {id} is {status}."},
    {{rejection::bill_not_open, kConflict, "The bill is not open.",
      "A final bill never changes: void it and open another."},
     "The bill {id} is {status}."},
    {{rejection::bill_final, kConflict, "The encounter has a final bill.",
      "Void the bill before reopening the encounter."},
     "The bill {id} is final."},
    {{rejection::bill_empty, kConflict, "The bill has no live line.",
      "Add a charge, or void the bill."},
     "The bill {id} has no line that is not void."},
    {{rejection::line_unknown, kNotFound, "The bill has no such line.", "Check the line number."},
     "The bill has no line {line_no}."},
    {{rejection::charge_source_unknown, kConflict, "The charge's source is not in the encounter.",
      "Name the encounter itself, or one of its procedures or medications."},
     "The encounter has no {what} {id} to charge for."},
    {{rejection::charge_source_void, kConflict, "The charge's source is void.",
      "Charge for what was done."},
     "The {what} {id} is void."},
    {{rejection::already_billed, kConflict, "The source is on the bill already.",
      "Void the earlier line first."},
     "Line {line_no} charges for the {what} {id}."},
    {{rejection::amount_overflow, kConflict, "The amount is too large.",
      "Split or correct the charge."},
     "The amount or the bill's total does not fit in 64 bits of cents."},
});

template <std::size_t... I>
constexpr auto infos(std::index_sequence<I...>) {
  return std::array<RejectionInfo, sizeof...(I)>{kEntries[I].info...};
}
constexpr auto kCatalogue = infos(std::make_index_sequence<kEntries.size()>{});

const std::string* find_param(const Rejection& rejection, std::string_view name) {
  const auto found = std::find_if(rejection.params.begin(), rejection.params.end(),
                                  [&](const auto& param) { return param.first == name; });
  return found == rejection.params.end() ? nullptr : &found->second;
}

}  // namespace

std::span<const RejectionInfo> rejection_catalogue() { return kCatalogue; }

const RejectionInfo* find_rejection(std::string_view type) {
  const auto found = std::find_if(kCatalogue.begin(), kCatalogue.end(),
                                  [&](const auto& info) { return info.type == type; });
  return found == kCatalogue.end() ? nullptr : &*found;
}

std::string rejection_detail(const Rejection& rejection) {
  const auto entry = std::find_if(kEntries.begin(), kEntries.end(), [&](const auto& each) {
    return each.info.type == rejection.type;
  });
  if (entry == kEntries.end()) return std::string(rejection.type);
  std::string detail;
  std::string_view rest = entry->detail;
  for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    const auto close = rest.find('}', open);
    const auto* value = find_param(rejection, rest.substr(open + 1, close - open - 1));
    // a receipt of an older build may lack a parameter
    if (!value) return std::string(entry->info.title);
    detail += rest.substr(0, open);
    detail += *value;
    rest.remove_prefix(close + 1);
  }
  detail += rest;
  return detail;
}

}  // namespace pim
