#include "domain/domain_testing.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "domain/rejection.h"

namespace pim::domain_testing {
namespace {

// The kind of thing in the first byte and its number in the last two, so that a dump can be read.
Uuid numbered(std::uint8_t kind, unsigned n) {
  Uuid id;
  id.bytes[0] = kind;
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  id.bytes[14] = static_cast<std::uint8_t>(n >> 8);
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

std::string alias(const char* prefix, unsigned n) {
  const std::string digits = std::to_string(1'000'000 + n);
  return prefix + digits.substr(1);
}

Reason reason() { return code<Reason>("entered-in-error"); }

constexpr auto kDiagnosisCodes =
    std::to_array<std::string_view>({"E11.9", "I10", "J45.909", "M54.50", "N39.0", "R51.9"});

AddCharge charge(SourceKind kind, const Uuid& source, ChargeCategory category) {
  return {encounter_id(), kind, source, category, 2, Cents{12'550}};
}

}  // namespace

PatientId patient_id(unsigned n) { return {numbered(0xA1, n)}; }
ProviderId provider_id(unsigned n) { return {numbered(0xA2, n)}; }
FacilityId facility_id(unsigned n) { return {numbered(0xA3, n)}; }
EncounterId encounter_id(unsigned n) { return {numbered(0xE1, n)}; }
DiagnosisId diagnosis_id(unsigned n) { return {numbered(0xD1, n)}; }
ProcedureId procedure_id(unsigned n) { return {numbered(0xD2, n)}; }
MedicationId medication_id(unsigned n) { return {numbered(0xD3, n)}; }
BillId bill_id(unsigned n) { return {numbered(0xB1, n)}; }

UtcMillis hour(int hours) {
  constexpr std::int64_t kMillisPerHour = 3'600'000;
  return {must(UtcMillis::parse("2025-06-01T00:00:00Z")).value + hours * kMillisPerHour};
}

Npi npi(unsigned n) {
  const std::string body = "9" + std::to_string(100'000'000 + n).substr(1);
  for (char check = '0'; check <= '9'; ++check) {
    if (auto found = Npi::parse(body + check)) return *found;
  }
  return {};
}

RegisterFacility register_facility(unsigned n) {
  return {facility_id(n),
          npi(n),
          code<FacilityAlias>(alias("FAC-", n)),
          FacilityKind::hospital,
          code<UsState>("OH"),
          code<Zip3>("441"),
          120};
}

RegisterProvider register_provider(unsigned n) {
  return {provider_id(n), npi(1000 + n), code<ProviderAlias>(alias("PRV-", n)),
          Specialty::internal_medicine, facility_id()};
}

RegisterPatient register_patient(unsigned n) {
  return {patient_id(n), 1970, Sex::female, code<UsState>("OH"), code<Zip3>("441"), {}};
}

AdmitEncounter admit(unsigned n, EncounterClass encounter_class) {
  const auto pos = encounter_class == EncounterClass::inpatient ? "21" : "11";
  return {encounter_id(n), provider_id(), facility_id(), encounter_class, code<Pos>(pos), hour(8)};
}
TransferEncounter transfer(unsigned to_provider) {
  return {encounter_id(), provider_id(to_provider), {}, hour(10)};
}
DischargeEncounter discharge(unsigned n) { return {encounter_id(n), hour(12), Disposition::home}; }
CancelEncounter cancel(unsigned n) { return {encounter_id(n), reason()}; }
ReopenEncounter reopen(unsigned n) { return {encounter_id(n), reason()}; }

RecordDiagnosis record_diagnosis(unsigned n) {
  const auto icd10cm = code<Icd10Cm>(kDiagnosisCodes[n % kDiagnosisCodes.size()]);
  return {diagnosis_id(n), encounter_id(), icd10cm, static_cast<std::int32_t>(n), true, hour(9)};
}
ReviseDiagnosis revise_diagnosis(unsigned n) {
  return {encounter_id(), diagnosis_id(n), {}, {}, {}, reason()};
}
VoidDiagnosis void_diagnosis(unsigned n) { return {encounter_id(), diagnosis_id(n), reason()}; }

RecordProcedure record_procedure(unsigned n) {
  return {
      procedure_id(n), encounter_id(), provider_id(), ProcedureSystem::hcpcs, "G0438", hour(10), 1};
}
VoidProcedure void_procedure(unsigned n) { return {encounter_id(), procedure_id(n), reason()}; }

PrescribeMedication prescribe(unsigned n) {
  return {medication_id(n),
          encounter_id(),
          provider_id(),
          code<Rxcui>("860975"),
          {},
          code<Dose>("500"),
          DoseUnit::mg,
          Route::oral,
          hour(11),
          {}};
}
StopMedication stop_medication(unsigned n) { return {encounter_id(), medication_id(n), hour(12)}; }
VoidMedication void_medication(unsigned n) { return {encounter_id(), medication_id(n), reason()}; }

OpenBill open_bill(unsigned n) { return {bill_id(n), encounter_id()}; }
AddCharge charge_encounter(unsigned n) {
  auto command = charge(SourceKind::encounter, encounter_id(n).value, ChargeCategory::professional);
  command.encounter_id = encounter_id(n);
  return command;
}
AddCharge charge_procedure(unsigned n) {
  return charge(SourceKind::procedure, procedure_id(n).value, ChargeCategory::procedure);
}
AddCharge charge_medication(unsigned n) {
  return charge(SourceKind::medication, medication_id(n).value, ChargeCategory::pharmacy);
}
VoidCharge void_charge(int line_no) { return {encounter_id(), line_no, reason()}; }
FinalizeBill finalize_bill() { return {encounter_id()}; }
VoidBill void_bill() { return {encounter_id(), reason()}; }

std::vector<Command> every_command() {
  const auto region = code<Region>("us-east");
  return {
      register_patient(),
      with(register_patient(), [&](auto& c) { c.home_region = region; }),
      AmendPatient{},
      AmendPatient{1971, Sex::male, code<UsState>("PA"), code<Zip3>("152"), region},
      DeactivatePatient{reason()},
      MarkPatientDeceased{2025},
      register_provider(),
      AmendProvider{},
      AmendProvider{Specialty::cardiology, facility_id(2)},
      RetireProvider{reason()},
      register_facility(),
      AmendFacility{},
      AmendFacility{FacilityKind::clinic, 0},
      RetireFacility{reason()},
      admit(),
      TransferEncounter{encounter_id(), {}, {}, hour(10)},
      TransferEncounter{encounter_id(), provider_id(2), facility_id(2), hour(10)},
      discharge(),
      cancel(),
      reopen(),
      record_diagnosis(),
      revise_diagnosis(),
      ReviseDiagnosis{encounter_id(), diagnosis_id(), code<Icd10Cm>("I10"), 2, false, reason()},
      void_diagnosis(),
      record_procedure(),
      void_procedure(),
      prescribe(),
      with(prescribe(),
           [](auto& c) {
             c.ndc11 = code<Ndc11>("00093-1048-01");
             c.stop = hour(20);
           }),
      stop_medication(),
      void_medication(),
      open_bill(),
      charge_encounter(),
      void_charge(),
      finalize_bill(),
      void_bill(),
  };
}

References standard_references() {
  References references;
  references.now = hour(24);
  for (unsigned n : {1U, 2U, 3U}) {
    references.providers.emplace_back(provider_id(n), ReferenceFact{n, ReferenceStatus::active});
    references.facilities.emplace_back(facility_id(n), ReferenceFact{n, ReferenceStatus::active});
  }
  references.providers.emplace_back(provider_id(9), ReferenceFact{9, ReferenceStatus::retired});
  references.facilities.emplace_back(facility_id(9), ReferenceFact{9, ReferenceStatus::retired});
  return references;
}

std::string Stream::offer(const Command& command) {
  auto decision = decide(state, references, command);
  if (!decision) {
    last_rejection = decision.error();
    return std::string(last_rejection.type);
  }
  for (auto& event : *decision) {
    evolve(state, event);
    history.push_back(std::move(event));
  }
  return {};
}

void Stream::accept(const Command& command) {
  const auto refused = offer(command);
  EXPECT_EQ(refused, "") << command_name(command) << ": " << rejection_detail(last_rejection);
}

const Encounter& Stream::encounter(unsigned n) const {
  return *patient().encounters.find(encounter_id(n));
}

}  // namespace pim::domain_testing
