#include <vector>

#include "domain/decide_rules_testing.h"

namespace pim::domain_testing {

std::vector<Rule> stream_rules() {
  return {
      {"a patient is registered once",
       no::id_taken,
       {registered(), register_patient()},
       {{}, register_patient()}},
      {"a provider is registered once",
       no::id_taken,
       {{register_provider()}, register_provider()},
       {{}, register_provider()}},
      {"a facility is registered once",
       no::id_taken,
       {{register_facility()}, register_facility()},
       {{}, register_facility()}},
      {"an id is taken by a stream of another kind too",
       no::id_taken,
       {{register_facility()}, register_patient()},
       {{}, register_patient()}},
      {"a patient's command needs the patient",
       no::stream_unknown,
       {{}, admit()},
       {registered(), admit()}},
      {"a patient's command needs a patient, not a provider",
       no::stream_unknown,
       {{register_provider()}, admit()},
       {registered(), admit()}},
      {"a provider's command needs the provider",
       no::stream_unknown,
       {{}, RetireProvider{code<Reason>("left")}},
       {{register_provider()}, RetireProvider{code<Reason>("left")}}},
      {"a facility's command needs the facility",
       no::stream_unknown,
       {{}, RetireFacility{code<Reason>("closed")}},
       {{register_facility()}, RetireFacility{code<Reason>("closed")}}},
  };
}

std::vector<Rule> value_rules() {
  const auto rank = [](std::int32_t value) {
    return with(record_diagnosis(), [&](auto& c) { c.rank = value; });
  };
  const auto quantity = [](std::int32_t value) {
    return with(record_procedure(), [&](auto& c) { c.quantity = value; });
  };
  const auto unit = [](std::int64_t cents) {
    return with(charge_procedure(), [&](auto& c) { c.unit_cents = Cents{cents}; });
  };
  const auto procedure = [](ProcedureSystem system, const char* text) {
    return with(record_procedure(), [&](auto& c) {
      c.system = system;
      c.code = text;
    });
  };
  const auto stop = [](const char* time) {
    return with(prescribe(), [&](auto& c) { c.stop = must(UtcMillis::parse(time)); });
  };
  auto beyond = stop("2199-12-31T23:59:59.999Z");
  beyond.stop = UtcMillis{must(beyond.stop).value + 1};
  return {
      {"a rank is at least 1", no::value_invalid, {admitted(), rank(0)}, {admitted(), rank(1)}},
      {"a rank is at most 99", no::value_invalid, {admitted(), rank(100)}, {admitted(), rank(99)}},
      {"a quantity is at least 1",
       no::value_invalid,
       {admitted(), quantity(0)},
       {admitted(), quantity(1)}},
      {"a unit price is not negative",
       no::value_invalid,
       {charted() + Commands{open_bill()}, unit(-1)},
       {charted() + Commands{open_bill()}, unit(0)}},
      {"a HCPCS procedure has a HCPCS code",
       no::value_invalid,
       {admitted_inpatient(), procedure(ProcedureSystem::hcpcs, "0DTJ4ZZ")},
       {admitted_inpatient(), procedure(ProcedureSystem::hcpcs, "J1100")}},
      {"a PCS procedure has a PCS code",
       no::value_invalid,
       {admitted_inpatient(), procedure(ProcedureSystem::pcs, "G0438")},
       {admitted_inpatient(), procedure(ProcedureSystem::pcs, "0DTJ4ZZ")}},
      {"a time can be written and read again",
       no::value_invalid,
       {admitted(), beyond},
       {admitted(), stop("2199-12-31T23:59:59.999Z")}},
      {"a code is not empty",
       no::value_invalid,
       {registered(), with(admit(), [](auto& c) { c.pos = Pos{}; })},
       {registered(), admit()}},
  };
}

std::vector<Rule> patient_rules() {
  const auto born = [](std::int32_t year) {
    return with(register_patient(), [&](auto& c) { c.birth_year = year; });
  };
  const auto amend_birth = [](std::int32_t year) {
    return with(AmendPatient{}, [&](auto& c) { c.birth_year = year; });
  };
  const auto amend_sex = [](Sex sex) {
    return with(AmendPatient{}, [&](auto& c) { c.sex = sex; });
  };
  const DeactivatePatient deactivate{code<Reason>("moved-away")};
  const Commands inactive = registered() + Commands{deactivate};
  const Commands deceased = registered() + Commands{MarkPatientDeceased{2020}};
  return {
      {"nobody is born after the present year",
       no::birth_year_implausible,
       {{}, born(2026)},
       {{}, born(2025)}},
      {"an amended birth year is not in the future",
       no::birth_year_implausible,
       {registered(), amend_birth(2026)},
       {registered(), amend_birth(2025)}},
      {"an amended birth year is not after death",
       no::birth_year_implausible,
       {deceased, amend_birth(2021)},
       {deceased, amend_birth(2020)}},
      {"an amendment has a field",
       no::nothing_to_change,
       {registered(), AmendPatient{}},
       {registered(), amend_sex(Sex::male)}},
      {"an amendment changes something",
       no::nothing_to_change,
       {registered(), amend_sex(Sex::female)},
       {registered(), amend_sex(Sex::other)}},
      {"an inactive patient is not deactivated again",
       no::patient_inactive,
       {inactive, deactivate},
       {registered(), deactivate}},
      {"a deceased patient is not deactivated",
       no::patient_deceased,
       {deceased, deactivate},
       {registered(), deactivate}},
      {"a patient dies once",
       no::patient_deceased,
       {deceased, MarkPatientDeceased{2021}},
       {inactive, MarkPatientDeceased{2021}}},
      {"nobody dies before birth",
       no::deceased_year_implausible,
       {registered(), MarkPatientDeceased{1969}},
       {registered(), MarkPatientDeceased{1970}}},
      {"nobody has died in the future",
       no::deceased_year_implausible,
       {registered(), MarkPatientDeceased{2026}},
       {registered(), MarkPatientDeceased{2025}}},
      {"an inactive patient is not admitted",
       no::patient_inactive,
       {inactive, admit()},
       {registered(), admit()}},
      {"a deceased patient is not admitted",
       no::patient_deceased,
       {deceased, admit()},
       {registered(), admit()}},
      {"an open encounter outlives its patient's admission rights",
       no::patient_deceased,
       {admitted() + Commands{MarkPatientDeceased{2025}}, admit(2)},
       {admitted() + Commands{MarkPatientDeceased{2025}, record_diagnosis()}, discharge()}},
      {"an inactive patient's encounter may still be charted",
       no::patient_inactive,
       {admitted() + Commands{deactivate}, admit(2)},
       {admitted() + Commands{deactivate}, record_diagnosis()}},
  };
}

std::vector<Rule> all_rules() {
  std::vector<Rule> all;
  for (const auto& rules :
       {stream_rules(), value_rules(), patient_rules(), reference_rules(), encounter_rules(),
        diagnosis_rules(), procedure_rules(), medication_rules(), billing_rules()}) {
    all.insert(all.end(), rules.begin(), rules.end());
  }
  return all;
}

}  // namespace pim::domain_testing
