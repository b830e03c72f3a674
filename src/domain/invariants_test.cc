// Negative control: the checker of the property tests must see each violation that it knows.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "domain/domain_testing.h"
#include "domain/invariants_testing.h"

namespace pim {
namespace {

using namespace domain_testing;  // NOLINT(google-build-using-namespace)
using Names = std::vector<std::string>;

bool contains(const Names& names, const char* name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const UtcMillis kNow = hour(24);

// A discharged inpatient encounter with everything in it, as one value to spoil.
Patient sample() {
  const auto pcs = with(record_procedure(2), [](auto& c) {
    c.system = ProcedureSystem::pcs;
    c.code = "0DTJ4ZZ";
  });
  return Stream({register_patient(), admit(1, EncounterClass::inpatient), transfer(),
                 record_diagnosis(1), record_diagnosis(2), record_procedure(1), pcs, prescribe(),
                 open_bill(), charge_encounter(), charge_procedure(), discharge(), finalize_bill()})
      .patient();
}

// `spoil` applied to the encounter of the sample.
Patient spoiled(const std::function<void(Encounter&)>& spoil) {
  auto patient = sample();
  spoil(*patient.encounters.find(encounter_id()));
  return patient;
}

struct Spoiled {
  const char* violation;
  std::function<void(Encounter&)> spoil;
};

TEST(Invariants, HoldInTheSample) { EXPECT_EQ(violations(sample(), kNow), Names{}); }

TEST(Invariants, ASpoiltEncounterIsSeen) {
  const std::vector<Spoiled> cases{
      {"admitted in the past", [](auto& e) { e.admitted_at = hour(25); }},
      {"discharge is not before admission", [](auto& e) { e.discharged_at = hour(7); }},
      {"discharged in the past", [](auto& e) { e.discharged_at = hour(25); }},
      {"transfer within the encounter", [](auto& e) { e.transferred_at = hour(13); }},
      {"transfer within the encounter", [](auto& e) { e.transferred_at = hour(7); }},
      {"diagnosis within the encounter", [](auto& e) { e.diagnoses[0].recorded_at = hour(13); }},
      {"procedure within the encounter", [](auto& e) { e.procedures[0].performed_at = hour(7); }},
      {"medication within the encounter", [](auto& e) { e.medications[0].start = hour(13); }},
      {"stop is not before start", [](auto& e) { e.medications[0].stop = hour(10); }},
      {"discharged has a time", [](auto& e) { e.discharged_at.reset(); }},
      {"discharged has a time", [](auto& e) { e.status = EncounterStatus::open; }},
      {"discharged has a disposition", [](auto& e) { e.disposition.reset(); }},
      {"cancelled has no live child", [](auto& e) { e.status = EncounterStatus::cancelled; }},
      {"child ids are distinct",
       [](auto& e) { e.diagnoses[1].diagnosis_id = e.diagnoses[0].diagnosis_id; }},
      {"ranks start at 1", [](auto& e) { e.diagnoses[1].rank = 0; }},
      {"one diagnosis of rank 1", [](auto& e) { e.diagnoses[1].rank = 1; }},
      {"no live code twice", [](auto& e) { e.diagnoses[1].icd10cm = e.diagnoses[0].icd10cm; }},
      {"PCS is for inpatients", [](auto& e) { e.class_ = EncounterClass::emergency; }},
      {"a procedure's code goes by its system", [](auto& e) { e.procedures[1].code = "G0438"; }},
      {"quantities start at 1", [](auto& e) { e.procedures[0].quantity = 0; }},
      {"lines are numbered from 1", [](auto& e) { e.bills[0].lines[1].line_no = 3; }},
      {"charges are not negative", [](auto& e) { e.bills[0].lines[1].qty = 0; }},
      {"amount is quantity times unit", [](auto& e) { ++e.bills[0].lines[1].amount_cents.value; }},
      {"total is the sum of the live lines", [](auto& e) { ++e.bills[0].total_cents.value; }},
      {"total is the sum of the live lines", [](auto& e) { e.bills[0].lines[1].voided = true; }},
      {"a source is billed once",
       [](auto& e) {
         e.bills[0].lines[1].source_kind = SourceKind::encounter;
         e.bills[0].lines[1].source_id = e.encounter_id.value;
       }},
      {"a live line has a live source", [](auto& e) { e.procedures[0].voided = true; }},
      {"a live line has a live source",
       [](auto& e) { e.bills[0].lines[0].source_id = encounter_id(2).value; }},
      {"final only after discharge", [](auto& e) { e.status = EncounterStatus::open; }},
      {"a final bill has a live line", [](auto& e) { e.bills[0].lines.clear(); }},
      {"only the last bill is not void",
       [](auto& e) { e.bills.push_back({bill_id(2), {}, {}, {}}); }},
  };
  for (const auto& [violation, spoil] : cases) {
    EXPECT_PRED2(contains, violations(spoiled(spoil), kNow), violation);
  }
}

TEST(Invariants, ASpoiltPatientIsSeen) {
  auto ghost = sample();
  ghost.facts.status = PatientStatus::deceased;
  EXPECT_PRED2(contains, violations(ghost, kNow), "deceased has a year");
  auto undead = sample();
  undead.facts.deceased_year = 1960;
  EXPECT_PRED2(contains, violations(undead, kNow), "death is not before birth");

  auto twice = Stream({register_patient(), admit(1, EncounterClass::inpatient)}).patient();
  auto other = *twice.encounters.find(encounter_id());
  other.encounter_id = encounter_id(2);
  twice.encounters.add(other);
  EXPECT_PRED2(contains, violations(twice, kNow), "one open inpatient encounter");

  auto lost = sample();
  lost.encounters.find(encounter_id())->encounter_id = encounter_id(2);
  EXPECT_PRED2(contains, violations(lost, kNow), "encounters are found by id");
}

TEST(Invariants, ABadStepIsSeen) {
  const auto before = sample();
  const auto step = [&](const std::function<void(Encounter&)>& spoil) {
    return step_violations(before, spoiled(spoil));
  };
  EXPECT_EQ(step([](auto&) {}), Names{});
  EXPECT_PRED2(contains, step([](auto& e) { e.diagnoses.pop_back(); }), "nothing is forgotten");
  EXPECT_PRED2(contains, step([](auto& e) { e.bills.clear(); }), "nothing is forgotten");
  EXPECT_PRED2(contains, step([](auto& e) { e.bills[0].lines[0].voided = true; }),
               "final bills do not change");
  EXPECT_PRED2(contains, step([](auto& e) { e.bills[0].status = BillStatus::open; }),
               "final bills do not change");
  EXPECT_PRED2(contains, step([](auto& e) { e.diagnoses[0].rank = 7; }),
               "late entries need a reopening");
  EXPECT_PRED2(contains,
               step_violations(spoiled([](auto& e) { e.procedures[1].voided = true; }), before),
               "void is for ever");
  EXPECT_PRED2(
      contains,
      step_violations(spoiled([](auto& e) { e.bills[0].status = BillStatus::voided; }), before),
      "void is for ever");
  EXPECT_PRED2(
      contains,
      step_violations(spoiled([](auto& e) { e.status = EncounterStatus::cancelled; }), before),
      "cancelled is for ever");
  EXPECT_PRED2(contains, step_violations(before, Stream({register_patient()}).patient()),
               "nothing is forgotten");

  auto renamed = before;
  renamed.facts.patient_id = patient_id(2);
  EXPECT_PRED2(contains, step_violations(before, renamed), "a stream keeps its patient");
  auto inactive = Stream({register_patient()}).patient();
  inactive.facts.status = PatientStatus::inactive;
  EXPECT_PRED2(contains, step_violations(inactive, before), "only active patients are admitted");
}

}  // namespace
}  // namespace pim
