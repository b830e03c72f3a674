// The names of the catalogue's rejections, and how decide() makes one.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "domain/decide.h"
#include "domain/result.h"

namespace pim {

namespace rejection {
// Streams and values
inline constexpr std::string_view stream_unknown = "stream-unknown";
inline constexpr std::string_view id_taken = "id-taken";
inline constexpr std::string_view value_invalid = "value-invalid";
inline constexpr std::string_view nothing_to_change = "nothing-to-change";
inline constexpr std::string_view already_void = "already-void";
// Patients
inline constexpr std::string_view patient_inactive = "patient-inactive";
inline constexpr std::string_view patient_deceased = "patient-deceased";
inline constexpr std::string_view birth_year_implausible = "birth-year-implausible";
inline constexpr std::string_view deceased_year_implausible = "deceased-year-implausible";
// Providers and facilities
inline constexpr std::string_view provider_unknown = "provider-unknown";
inline constexpr std::string_view provider_retired = "provider-retired";
inline constexpr std::string_view facility_unknown = "facility-unknown";
inline constexpr std::string_view facility_retired = "facility-retired";
// Encounters
inline constexpr std::string_view encounter_unknown = "encounter-unknown";
inline constexpr std::string_view encounter_not_open = "encounter-not-open";
inline constexpr std::string_view encounter_not_discharged = "encounter-not-discharged";
inline constexpr std::string_view encounter_cancelled = "encounter-cancelled";
inline constexpr std::string_view encounter_not_empty = "encounter-not-empty";
inline constexpr std::string_view inpatient_already_open = "inpatient-already-open";
inline constexpr std::string_view time_in_future = "time-in-future";
inline constexpr std::string_view time_before_admission = "time-before-admission";
inline constexpr std::string_view time_before_transfer = "time-before-transfer";
inline constexpr std::string_view discharge_before_entry = "discharge-before-entry";
// Diagnoses, procedures, medications
inline constexpr std::string_view diagnosis_unknown = "diagnosis-unknown";
inline constexpr std::string_view primary_diagnosis_taken = "primary-diagnosis-taken";
inline constexpr std::string_view duplicate_diagnosis = "duplicate-diagnosis";
inline constexpr std::string_view procedure_unknown = "procedure-unknown";
inline constexpr std::string_view pcs_needs_inpatient = "pcs-needs-inpatient";
inline constexpr std::string_view medication_unknown = "medication-unknown";
inline constexpr std::string_view stop_before_start = "stop-before-start";
inline constexpr std::string_view already_stopped = "already-stopped";
inline constexpr std::string_view still_billed = "still-billed";
// Bills
inline constexpr std::string_view bill_unknown = "bill-unknown";
inline constexpr std::string_view bill_exists = "bill-exists";
inline constexpr std::string_view bill_not_open = "bill-not-open";
inline constexpr std::string_view bill_final = "bill-final";
inline constexpr std::string_view bill_empty = "bill-empty";
inline constexpr std::string_view line_unknown = "line-unknown";
inline constexpr std::string_view charge_source_unknown = "charge-source-unknown";
inline constexpr std::string_view charge_source_void = "charge-source-void";
inline constexpr std::string_view already_billed = "already-billed";
inline constexpr std::string_view amount_overflow = "amount-overflow";
}  // namespace rejection

inline Err<Rejection> reject(
    std::string_view type,
    std::initializer_list<std::pair<std::string_view, std::string_view>> params = {}) {
  Rejection rejection{type, {}};
  rejection.params.reserve(params.size());
  for (const auto& [name, value] : params) rejection.params.emplace_back(name, value);
  return Err{std::move(rejection)};
}

}  // namespace pim
