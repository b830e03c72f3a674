// The closed vocabularies of the eight entities. The names here are what JSON carries.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pim {

// Specialised below for each enum: the JSON names, in the order of the enumerators.
template <class Enum>
inline constexpr auto enum_names = std::array<std::string_view, 0>{};

template <class Enum>
constexpr std::string_view name_of(Enum value) {
  return enum_names<Enum>[static_cast<std::size_t>(value)];
}
template <class Enum>
constexpr std::optional<Enum> parse_enum(std::string_view text) {
  for (std::size_t i = 0; i < enum_names<Enum>.size(); ++i) {
    if (enum_names<Enum>[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

enum class Sex : std::uint8_t { female, male, other, unknown };
template <>
inline constexpr auto enum_names<Sex> = std::to_array<std::string_view>({"F", "M", "X", "U"});

enum class PatientStatus : std::uint8_t { active, inactive, deceased };
template <>
inline constexpr auto enum_names<PatientStatus> =
    std::to_array<std::string_view>({"active", "inactive", "deceased"});

// Providers and facilities.
enum class ReferenceStatus : std::uint8_t { active, retired };
template <>
inline constexpr auto enum_names<ReferenceStatus> =
    std::to_array<std::string_view>({"active", "retired"});

enum class Specialty : std::uint8_t {
  family_medicine,
  internal_medicine,
  pediatrics,
  emergency_medicine,
  general_surgery,
  orthopedics,
  cardiology,
  obstetrics_gynecology,
  psychiatry,
  radiology,
  anesthesiology,
  neurology,
  oncology,
  nursing,
  pharmacy,
  other
};
template <>
inline constexpr auto enum_names<Specialty> = std::to_array<std::string_view>(
    {"family-medicine", "internal-medicine", "pediatrics", "emergency-medicine", "general-surgery",
     "orthopedics", "cardiology", "obstetrics-gynecology", "psychiatry", "radiology",
     "anesthesiology", "neurology", "oncology", "nursing", "pharmacy", "other"});

enum class FacilityKind : std::uint8_t {
  hospital,
  clinic,
  urgent_care,
  laboratory,
  pharmacy,
  skilled_nursing
};
template <>
inline constexpr auto enum_names<FacilityKind> = std::to_array<std::string_view>(
    {"hospital", "clinic", "urgent-care", "laboratory", "pharmacy", "skilled-nursing"});

enum class EncounterClass : std::uint8_t {
  ambulatory,
  wellness,
  outpatient,
  urgent_care,
  emergency,
  inpatient
};
template <>
inline constexpr auto enum_names<EncounterClass> = std::to_array<std::string_view>(
    {"ambulatory", "wellness", "outpatient", "urgent-care", "emergency", "inpatient"});

enum class EncounterStatus : std::uint8_t { open, discharged, cancelled };
template <>
inline constexpr auto enum_names<EncounterStatus> =
    std::to_array<std::string_view>({"open", "discharged", "cancelled"});

enum class Disposition : std::uint8_t {
  home,
  transferred,
  skilled_nursing,
  hospice,
  against_advice,
  expired,
  other
};
template <>
inline constexpr auto enum_names<Disposition> = std::to_array<std::string_view>(
    {"home", "transferred", "skilled-nursing", "hospice", "against-advice", "expired", "other"});

enum class ProcedureSystem : std::uint8_t { pcs, hcpcs };
template <>
inline constexpr auto enum_names<ProcedureSystem> =
    std::to_array<std::string_view>({"PCS", "HCPCS"});

enum class DoseUnit : std::uint8_t { mg, mcg, g, ml, units, puff, drop, tablet, patch };
template <>
inline constexpr auto enum_names<DoseUnit> = std::to_array<std::string_view>(
    {"mg", "mcg", "g", "mL", "units", "puff", "drop", "tablet", "patch"});

enum class Route : std::uint8_t {
  oral,
  intravenous,
  intramuscular,
  subcutaneous,
  inhaled,
  topical,
  ophthalmic,
  rectal,
  other
};
template <>
inline constexpr auto enum_names<Route> =
    std::to_array<std::string_view>({"oral", "intravenous", "intramuscular", "subcutaneous",
                                     "inhaled", "topical", "ophthalmic", "rectal", "other"});

// What a bill line charges for. `encounter` is the visit itself; its source is the encounter id.
enum class SourceKind : std::uint8_t { encounter, procedure, medication };
template <>
inline constexpr auto enum_names<SourceKind> =
    std::to_array<std::string_view>({"encounter", "procedure", "medication"});

enum class ChargeCategory : std::uint8_t {
  room_board,
  professional,
  procedure,
  pharmacy,
  laboratory,
  imaging,
  supplies,
  other
};
template <>
inline constexpr auto enum_names<ChargeCategory> =
    std::to_array<std::string_view>({"room-board", "professional", "procedure", "pharmacy",
                                     "laboratory", "imaging", "supplies", "other"});

enum class BillStatus : std::uint8_t { open, final, voided };
template <>
inline constexpr auto enum_names<BillStatus> =
    std::to_array<std::string_view>({"open", "final", "voided"});

}  // namespace pim
