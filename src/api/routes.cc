#include "api/routes.h"

#include <algorithm>
#include <array>

namespace pim::api {
namespace {

using enum Method;
using enum Role;

constexpr RoleSet kPatientWriters{registrar, loadgen};
constexpr RoleSet kEncounterWriters{registrar, clinician, loadgen};
constexpr RoleSet kClinicalWriters{clinician, loadgen};
constexpr RoleSet kBillingWriters{biller, loadgen};
constexpr RoleSet kReferenceWriters{operations, loadgen};
constexpr RoleSet kChartReaders{registrar, clinician, biller, auditor, loadgen};
constexpr RoleSet kTimelineReaders{registrar, clinician, auditor, loadgen};
constexpr RoleSet kBillReaders{registrar, clinician, biller, loadgen};
constexpr RoleSet kListReaders{registrar, clinician, loadgen};
constexpr RoleSet kReferenceReaders{registrar, clinician, biller, operations, loadgen};
constexpr RoleSet kCodeReaders{registrar, clinician, operations, loadgen};
constexpr RoleSet kAuditReaders{auditor};

constexpr auto kPage = std::to_array<Param>({Param::cursor, Param::limit});
constexpr auto kChartParams =
    std::to_array<Param>({Param::cursor, Param::limit, Param::version, Param::at});
constexpr auto kDayParams = std::to_array<Param>({Param::day, Param::cursor, Param::limit});
constexpr auto kAuditParams =
    std::to_array<Param>({Param::user, Param::request, Param::patient, Param::trace, Param::from,
                          Param::to, Param::cursor, Param::limit});

constexpr Route command(Method method, std::string_view path, std::string_view name,
                        std::string_view summary, RoleSet roles) {
  return {.method = method,
          .path = path,
          .operation = name,
          .summary = summary,
          .roles = roles,
          .command = name};
}
constexpr Route create(std::string_view path, std::string_view name, std::string_view summary,
                       RoleSet roles, std::string_view id, std::string_view location) {
  Route route = command(post, path, name, summary, roles);
  route.success = 201;
  route.created_id = id;
  route.location = location;
  return route;
}
constexpr Route read(std::string_view path, std::string_view name, std::string_view summary,
                     RoleSet roles, Query query, std::span<const Param> params = {}) {
  return {.method = get,
          .path = path,
          .operation = name,
          .summary = summary,
          .roles = roles,
          .query = query,
          .query_params = params};
}
constexpr Route patient_read(std::string_view path, std::string_view name, std::string_view summary,
                             RoleSet roles, Query query, std::span<const Param> params = {}) {
  Route route = read(path, name, summary, roles, query, params);
  route.patient_data = true;
  return route;
}
constexpr Route day_read() {
  Route route =
      patient_read("/v1/encounters", "list-encounters-by-day", "Encounters admitted on a day",
                   kListReaders, Query::encounters_by_day, kDayParams);
  route.required_query = Param::day;
  return route;
}
constexpr Route openapi() {
  Route route = read("/openapi.json", "get-openapi", "This document", {}, Query::openapi);
  route.open = true;
  return route;
}

constexpr auto kRoutes = std::to_array<Route>({
    create("/v1/patients", "register-patient", "Register a patient", kPatientWriters, "patient_id",
           "/v1/patients/{id}"),
    patient_read("/v1/patients/{patient_id}", "get-chart",
                 "A patient's chart: demographics and a page of encounters, newest first; with "
                 "`version` or `at` as it stood then",
                 kChartReaders, Query::chart, kChartParams),
    command(patch, "/v1/patients/{patient_id}", "amend-patient", "Amend a patient's demographics",
            kPatientWriters),
    command(post, "/v1/patients/{patient_id}/deactivate", "deactivate-patient",
            "Deactivate a patient", kPatientWriters),
    command(post, "/v1/patients/{patient_id}/deceased", "mark-patient-deceased",
            "Record a patient's death", kPatientWriters),
    patient_read("/v1/patients/{patient_id}/timeline", "get-timeline",
                 "Everything that happened to a patient, oldest first", kTimelineReaders,
                 Query::timeline, kPage),
    patient_read("/v1/patients/{patient_id}/bills", "list-bills", "A patient's bills", kBillReaders,
                 Query::bills, kPage),

    create("/v1/patients/{patient_id}/encounters", "admit-encounter", "Admit a patient",
           kEncounterWriters, "encounter_id", "/v1/patients/{patient_id}/encounters/{id}"),
    patient_read("/v1/patients/{patient_id}/encounters/{encounter_id}", "get-encounter",
                 "One encounter with everything in it", kChartReaders, Query::encounter),
    command(post, "/v1/patients/{patient_id}/encounters/{encounter_id}/transfer",
            "transfer-encounter", "Transfer to another facility or provider", kEncounterWriters),
    command(post, "/v1/patients/{patient_id}/encounters/{encounter_id}/discharge",
            "discharge-encounter", "Discharge", kEncounterWriters),
    command(post, "/v1/patients/{patient_id}/encounters/{encounter_id}/cancel", "cancel-encounter",
            "Cancel an encounter that holds nothing", kEncounterWriters),
    command(post, "/v1/patients/{patient_id}/encounters/{encounter_id}/reopen", "reopen-encounter",
            "Reopen a discharged encounter for late entries", kEncounterWriters),

    create("/v1/patients/{patient_id}/encounters/{encounter_id}/diagnoses", "record-diagnosis",
           "Record a diagnosis", kClinicalWriters, "diagnosis_id", ""),
    command(patch, "/v1/patients/{patient_id}/encounters/{encounter_id}/diagnoses/{diagnosis_id}",
            "revise-diagnosis", "Revise a diagnosis", kClinicalWriters),
    command(post,
            "/v1/patients/{patient_id}/encounters/{encounter_id}/diagnoses/{diagnosis_id}/void",
            "void-diagnosis", "Void a diagnosis", kClinicalWriters),
    create("/v1/patients/{patient_id}/encounters/{encounter_id}/procedures", "record-procedure",
           "Record a procedure", kClinicalWriters, "procedure_id", ""),
    command(post,
            "/v1/patients/{patient_id}/encounters/{encounter_id}/procedures/{procedure_id}/void",
            "void-procedure", "Void a procedure", kClinicalWriters),
    create("/v1/patients/{patient_id}/encounters/{encounter_id}/medications",
           "prescribe-medication", "Prescribe a medication", kClinicalWriters, "medication_id", ""),
    command(post,
            "/v1/patients/{patient_id}/encounters/{encounter_id}/medications/{medication_id}/stop",
            "stop-medication", "Stop a medication", kClinicalWriters),
    command(post,
            "/v1/patients/{patient_id}/encounters/{encounter_id}/medications/{medication_id}/void",
            "void-medication", "Void a medication", kClinicalWriters),

    create("/v1/patients/{patient_id}/encounters/{encounter_id}/bill", "open-bill", "Open a bill",
           kBillingWriters, "bill_id", ""),
    create("/v1/patients/{patient_id}/encounters/{encounter_id}/bill/charges", "add-charge",
           "Add a charge to the bill", kBillingWriters, "", ""),
    command(post, "/v1/patients/{patient_id}/encounters/{encounter_id}/bill/charges/{line_no}/void",
            "void-charge", "Void a line of the bill", kBillingWriters),
    command(post, "/v1/patients/{patient_id}/encounters/{encounter_id}/bill/finalize",
            "finalize-bill", "Make the bill final", kBillingWriters),
    command(post, "/v1/patients/{patient_id}/encounters/{encounter_id}/bill/void", "void-bill",
            "Void the bill", kBillingWriters),

    create("/v1/providers", "register-provider", "Register a provider", kReferenceWriters,
           "provider_id", "/v1/providers/{id}"),
    read("/v1/providers/{provider_id}", "get-provider", "A provider", kReferenceReaders,
         Query::provider),
    command(patch, "/v1/providers/{provider_id}", "amend-provider", "Amend a provider",
            kReferenceWriters),
    command(post, "/v1/providers/{provider_id}/retire", "retire-provider", "Retire a provider",
            kReferenceWriters),
    patient_read("/v1/providers/{provider_id}/encounters", "list-encounters-by-provider",
                 "A provider's encounters, newest first", kListReaders,
                 Query::encounters_by_provider, kPage),
    create("/v1/facilities", "register-facility", "Register a facility", kReferenceWriters,
           "facility_id", "/v1/facilities/{id}"),
    read("/v1/facilities/{facility_id}", "get-facility", "A facility", kReferenceReaders,
         Query::facility),
    command(patch, "/v1/facilities/{facility_id}", "amend-facility", "Amend a facility",
            kReferenceWriters),
    command(post, "/v1/facilities/{facility_id}/retire", "retire-facility", "Retire a facility",
            kReferenceWriters),
    patient_read("/v1/facilities/{facility_id}/census", "get-census",
                 "Who is at a facility now: its open encounters", kListReaders, Query::census,
                 kPage),

    day_read(),
    read("/v1/codes/{system}/frequency", "get-code-frequency",
         "How often each code occurs, most frequent first", kCodeReaders, Query::code_frequency,
         kPage),
    read("/v1/audit", "search-audit",
         "Who did, read or was denied what, newest first; all criteria given must match",
         kAuditReaders, Query::audit, kAuditParams),
    openapi(),
});

}  // namespace

std::string_view to_string(Method method) {
  constexpr auto kNames = std::to_array<std::string_view>({"GET", "POST", "PATCH"});
  return kNames[static_cast<std::size_t>(method)];
}

std::optional<Method> parse_method(std::string_view text) {
  if (text == "GET" || text == "HEAD") return get;
  if (text == "POST") return post;
  if (text == "PATCH") return patch;
  return std::nullopt;
}

std::optional<StreamKind> Route::stream() const {
  if (path.starts_with("/v1/patients")) return StreamKind::patient;
  if (path.starts_with("/v1/providers")) return StreamKind::provider;
  if (path.starts_with("/v1/facilities")) return StreamKind::facility;
  return std::nullopt;
}

bool Route::addresses_stream() const {
  return stream() && path.find('{') != std::string_view::npos;
}

std::span<const Route> routes() { return kRoutes; }

const Route* find_route(std::string_view operation) {
  const auto found = std::find_if(kRoutes.begin(), kRoutes.end(),
                                  [&](const Route& route) { return route.operation == operation; });
  return found == kRoutes.end() ? nullptr : &*found;
}

}  // namespace pim::api
