#include "domain/random_commands_testing.h"

#include <string>

#include "domain/domain_testing.h"

namespace pim::domain_testing {
namespace {

constexpr std::uint32_t kEncounters = 5;
constexpr std::int64_t kHour = 3'600'000;

template <class C>
C about(C command, EncounterId id) {
  command.encounter_id = id;
  return command;
}

}  // namespace

Command CommandGenerator::next(const StreamState& state, UtcMillis now) {
  const auto* patient = std::get_if<Patient>(&state);
  if (!patient) return chance(90) ? Command{register_patient()} : Command{admit()};
  const auto& encounters = patient->encounters.all();
  if (chance(1)) return patient_command();
  if (encounters.empty() || chance(8)) return admission(now);
  const auto& encounter = encounters[below(static_cast<std::uint32_t>(encounters.size()))];
  const auto dice = below(100);
  if (chance(1)) return about(discharge(), encounter_id(kEncounters + 1));
  if (dice < 22) return encounter_command(encounter, now);
  if (dice < 70) return clinical_command(encounter, now);
  return billing_command(encounter);
}

Command CommandGenerator::patient_command() {
  switch (below(12)) {
    case 0:
      return register_patient();
    case 1:
      return DeactivatePatient{code<Reason>("moved-away")};
    case 2:
      return MarkPatientDeceased{static_cast<std::int32_t>(1960 + below(70))};
    default:
      return with(AmendPatient{}, [&](auto& c) {
        if (chance(50)) c.birth_year = static_cast<std::int32_t>(1920 + below(110));
        if (chance(50)) c.sex = pick({Sex::female, Sex::male, Sex::unknown});
        if (chance(50)) c.home_region = code<Region>(pick({"us-east", "us-west"}));
      });
  }
}

AdmitEncounter CommandGenerator::admission(UtcMillis now) {
  const auto n = 1 + below(kEncounters);
  const auto encounter_class = chance(40) ? EncounterClass::inpatient : EncounterClass::outpatient;
  return with(admit(n, encounter_class), [&](auto& c) {
    c.admitted_at = UtcMillis{now.value - (std::int64_t{below(6)} - 1) * kHour};
    c.provider_id = provider_id(pick({1U, 2U, 3U, 3U, 7U, 9U}));
  });
}

// Mostly within the encounter, sometimes just outside it or in the future.
UtcMillis CommandGenerator::time_near(const Encounter& encounter, UtcMillis now) {
  if (chance(3)) return UtcMillis{now.value + 1};
  if (chance(3)) return UtcMillis{encounter.admitted_at.value - 1};
  if (chance(20)) return now;
  const auto span = now.value - encounter.admitted_at.value;
  const auto step = static_cast<std::int64_t>(below(101));
  return UtcMillis{encounter.admitted_at.value + span / 100 * step};
}

Command CommandGenerator::encounter_command(const Encounter& encounter, UtcMillis now) {
  const auto id = encounter.encounter_id;
  switch (below(8)) {
    case 0:
      return about(cancel(), id);
    case 1:
    case 2:
      return with(about(transfer(), id), [&](auto& c) {
        if (chance(50)) c.facility_id = facility_id(pick({1U, 2U, 3U, 7U, 9U}));
        c.provider_id = provider_id(pick({1U, 2U, 3U, 9U}));
        c.transferred_at = time_near(encounter, now);
      });
    case 3:
    case 4:
      return about(reopen(), id);
    default:
      return with(about(discharge(), id),
                  [&](auto& c) { c.discharged_at = chance(60) ? now : time_near(encounter, now); });
  }
}

Command CommandGenerator::clinical_command(const Encounter& encounter, UtcMillis now) {
  const auto id = encounter.encounter_id;
  const auto n = small_number();
  switch (below(12)) {
    case 0:
    case 1:
      return with(about(record_diagnosis(n), id), [&](auto& c) {
        if (chance(30)) c.rank = static_cast<std::int32_t>(below(4));
        if (chance(30)) c.icd10cm = code<Icd10Cm>("I10");
        c.recorded_at = time_near(encounter, now);
      });
    case 2:
      return with(about(revise_diagnosis(n), id), [&](auto& c) {
        if (chance(40)) c.rank = static_cast<std::int32_t>(1 + below(4));
        if (chance(40)) c.icd10cm = code<Icd10Cm>(pick({"I10", "E11.9", "N39.0"}));
        if (chance(40)) c.present_on_admission = chance(50);
      });
    case 3:
      return about(void_diagnosis(n), id);
    case 4:
    case 5:
    case 6:
      return with(about(record_procedure(n), id), [&](auto& c) {
        if (chance(30)) c.system = ProcedureSystem::pcs;
        if (c.system == ProcedureSystem::pcs && chance(90)) c.code = "0DTJ4ZZ";
        c.performed_at = time_near(encounter, now);
        c.quantity = static_cast<std::int32_t>(below(20));
      });
    case 7:
      return about(void_procedure(n), id);
    case 8:
    case 9:
      return with(about(prescribe(n), id), [&](auto& c) {
        c.start = time_near(encounter, now);
        if (chance(50)) {
          c.stop = UtcMillis{c.start.value + (std::int64_t{below(10)} - 1) * kHour};
        }
        if (chance(50)) c.ndc11 = code<Ndc11>("00093104801");
      });
    case 10:
      return with(about(stop_medication(n), id),
                  [&](auto& c) { c.stop = time_near(encounter, now); });
    default:
      return about(void_medication(n), id);
  }
}

AddCharge CommandGenerator::charge(const Encounter& encounter) {
  const auto n = small_number();
  auto command = chance(20)   ? charge_encounter(n)
                 : chance(60) ? charge_procedure(n)
                              : charge_medication(n);
  command.encounter_id = encounter.encounter_id;
  if (command.source_kind == SourceKind::encounter && chance(80)) {
    command.source_id = encounter.encounter_id.value;
  }
  command.qty = static_cast<std::int32_t>(below(100));
  command.unit_cents = Cents{std::int64_t{below(2'000'000)} - 1000};
  if (chance(15)) {
    command.qty = 1000;
    command.unit_cents = Cents{9'007'199'254'740'991};
  }
  return command;
}

Command CommandGenerator::billing_command(const Encounter& encounter) {
  const auto id = encounter.encounter_id;
  switch (below(10)) {
    case 0:
    case 1:
      return about(open_bill(small_number()), id);
    case 2:
      return about(void_charge(static_cast<std::int32_t>(below(5))), id);
    case 3:
    case 4:
      return about(finalize_bill(), id);
    case 5:
      return about(void_bill(), id);
    default:
      return charge(encounter);
  }
}

}  // namespace pim::domain_testing
