#include "data/tables.h"

#include <array>
#include <charconv>
#include <cstdint>

#include "data/date_format.h"
#include "data/literal.h"
#include "domain/bounds.h"
#include "domain/codes.h"
#include "domain/enums.h"
#include "domain/ids.h"

namespace pim::data {
namespace {

bool is_uuid(std::string_view text) { return Uuid::parse(text).has_value(); }

template <class AnyCode>
bool is_code(std::string_view text) {
  return AnyCode::parse(text).has_value();
}

template <class Enum>
bool is_name_of(std::string_view text) {
  return parse_enum<Enum>(text).has_value();
}

bool is_integer_within(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= min && value <= max;
}

// The domain's bounds of a field of that name.
template <Literal kField>
bool is_within_bounds(std::string_view text) {
  static_assert(find_bound(kField.view()).has_value());
  constexpr auto kBound = find_bound(kField.view()).value_or(Bound{});
  return is_integer_within(text, kBound.min, kBound.max);
}

constexpr std::string_view kTimeForm = "a UTC time such as 2025-03-01T10:15:00Z";
bool is_time(std::string_view text) { return parse_date("YYYY-MM-DDTHH:mm:ssZ", text).has_value(); }

bool is_truth(std::string_view text) { return text == "true" || text == "false"; }
bool is_procedure_code(std::string_view text) { return is_code<Pcs>(text) || is_code<Hcpcs>(text); }
bool is_settled(std::string_view text) { return text == "open" || text == "final"; }

constexpr std::string_view kUuid = "a UUID";

template <Literal kField>
constexpr Column bounded(std::string_view form) {
  return {kField.view(), form, is_within_bounds<kField>};
}

constexpr auto kFacilities = std::to_array<Column>({
    {"facility_id", kUuid, is_uuid},
    {"npi", NpiTraits::hint, is_code<Npi>},
    {"alias", FacilityAliasTraits::hint, is_code<FacilityAlias>},
    {"kind", "a kind of facility such as hospital", is_name_of<FacilityKind>},
    {"state", UsStateTraits::hint, is_code<UsState>},
    {"zip3", Zip3Traits::hint, is_code<Zip3>},
    bounded<"beds">("a number of beds"),
});
constexpr auto kProviders = std::to_array<Column>({
    {"provider_id", kUuid, is_uuid},
    {"npi", NpiTraits::hint, is_code<Npi>},
    {"alias", ProviderAliasTraits::hint, is_code<ProviderAlias>},
    {"specialty", "a specialty such as family-medicine", is_name_of<Specialty>},
    {"facility_id", kUuid, is_uuid, true, "facilities"},
});
constexpr auto kPatients = std::to_array<Column>({
    {"patient_id", kUuid, is_uuid},
    bounded<"birth_year">("a year"),
    {"sex", "F, M, X or U", is_name_of<Sex>},
    {"state", UsStateTraits::hint, is_code<UsState>},
    {"zip3", Zip3Traits::hint, is_code<Zip3>},
    {"deceased_year", "a year", is_within_bounds<"deceased_year">, false},
});
constexpr auto kEncounters = std::to_array<Column>({
    {"encounter_id", kUuid, is_uuid},
    {"patient_id", kUuid, is_uuid, true, "patients"},
    {"provider_id", kUuid, is_uuid, true, "providers"},
    {"facility_id", kUuid, is_uuid, true, "facilities"},
    {"class", "a class such as ambulatory", is_name_of<EncounterClass>},
    {"pos", PosTraits::hint, is_code<Pos>},
    {"admitted_at", kTimeForm, is_time},
    {"discharged_at", kTimeForm, is_time, false},
    {"disposition", "a disposition such as home", is_name_of<Disposition>, false},
});
constexpr auto kDiagnoses = std::to_array<Column>({
    {"diagnosis_id", kUuid, is_uuid},
    {"patient_id", kUuid, is_uuid, true, "patients"},
    {"encounter_id", kUuid, is_uuid, true, "encounters"},
    {"icd10cm", Icd10CmTraits::hint, is_code<Icd10Cm>},
    bounded<"rank">("a rank from 1"),
    {"present_on_admission", "true or false", is_truth},
    {"recorded_at", kTimeForm, is_time},
});
constexpr auto kProcedures = std::to_array<Column>({
    {"procedure_id", kUuid, is_uuid},
    {"patient_id", kUuid, is_uuid, true, "patients"},
    {"encounter_id", kUuid, is_uuid, true, "encounters"},
    {"provider_id", kUuid, is_uuid, true, "providers"},
    {"system", "PCS or HCPCS", is_name_of<ProcedureSystem>},
    {"code", "a procedure code such as G0438 or 0DTJ4ZZ", is_procedure_code},
    {"performed_at", kTimeForm, is_time},
    bounded<"quantity">("a quantity from 1"),
});
constexpr auto kMedications = std::to_array<Column>({
    {"medication_id", kUuid, is_uuid},
    {"patient_id", kUuid, is_uuid, true, "patients"},
    {"encounter_id", kUuid, is_uuid, true, "encounters"},
    {"provider_id", kUuid, is_uuid, true, "providers"},
    {"rxcui", RxcuiTraits::hint, is_code<Rxcui>},
    {"ndc11", Ndc11Traits::hint, is_code<Ndc11>, false},
    {"dose", DoseTraits::hint, is_code<Dose>},
    {"unit", "a dose unit such as mg", is_name_of<DoseUnit>},
    {"route", "a route such as oral", is_name_of<Route>},
    {"start", kTimeForm, is_time},
    {"stop", kTimeForm, is_time, false},
});
// One row a charge: a bill is its rows, and its total their sum.
constexpr auto kBilling = std::to_array<Column>({
    {"charge_id", kUuid, is_uuid},
    {"bill_id", kUuid, is_uuid},
    {"patient_id", kUuid, is_uuid, true, "patients"},
    {"encounter_id", kUuid, is_uuid, true, "encounters"},
    bounded<"line_no">("a line number from 1"),
    {"source_kind", "encounter, procedure or medication", is_name_of<SourceKind>},
    {"source_id", "the UUID of the encounter, procedure or medication", is_uuid},
    {"category", "a category of charge such as pharmacy", is_name_of<ChargeCategory>},
    bounded<"qty">("a quantity from 1"),
    bounded<"unit_cents">("a whole number of cents"),
    {"amount_cents", "a whole number of cents", is_within_bounds<"unit_cents">},
    {"status", "open or final: of the whole bill", is_settled},
});

constexpr auto kTables = std::to_array<Table>({
    {"facilities", kFacilities},
    {"providers", kProviders},
    {"patients", kPatients},
    {"encounters", kEncounters},
    {"diagnoses", kDiagnoses},
    {"procedures", kProcedures},
    {"medications", kMedications},
    {"billing", kBilling},
});

}  // namespace

const Column* Table::find(std::string_view column) const {
  for (const auto& each : columns) {
    if (each.name == column) return &each;
  }
  return nullptr;
}

std::span<const Table> all_tables() { return kTables; }

const Table* find_table(std::string_view name) {
  for (const auto& table : kTables) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

}  // namespace pim::data
