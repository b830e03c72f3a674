#include <vector>

#include "domain/decide_rules_testing.h"

namespace pim::domain_testing {

std::vector<Rule> diagnosis_rules() {
  const auto at = [](UtcMillis time) {
    return with(record_diagnosis(), [&](auto& c) { c.recorded_at = time; });
  };
  const auto ranked = [](unsigned n, std::int32_t rank) {
    return with(record_diagnosis(n), [&](auto& c) { c.rank = rank; });
  };
  const auto coded = [](unsigned n, const char* icd10cm) {
    return with(record_diagnosis(n), [&](auto& c) { c.icd10cm = code<Icd10Cm>(icd10cm); });
  };
  const auto to_rank = [](unsigned n, std::int32_t rank) {
    return with(revise_diagnosis(n), [&](auto& c) { c.rank = rank; });
  };
  const auto to_code = [](unsigned n, const char* icd10cm) {
    return with(revise_diagnosis(n), [&](auto& c) { c.icd10cm = code<Icd10Cm>(icd10cm); });
  };
  const Commands one = admitted() + Commands{record_diagnosis()};
  const Commands two = one + Commands{record_diagnosis(2)};
  const Commands discharged = one + Commands{discharge()};
  const auto second = ranked(3, 2);
  return {
      {"a diagnosis needs the encounter",
       no::encounter_unknown,
       {registered(), record_diagnosis()},
       {admitted(), record_diagnosis()}},
      {"a diagnosis needs an open encounter",
       no::encounter_not_open,
       {discharged, second},
       {discharged + Commands{reopen()}, second}},
      {"a diagnosis needs an encounter that is not cancelled",
       no::encounter_not_open,
       {admitted() + Commands{cancel()}, second},
       {admitted(), second}},
      {"a diagnosis id is used once", no::id_taken, {one, ranked(1, 2)}, {one, ranked(2, 2)}},
      {"a diagnosis is not before the admission",
       no::time_before_admission,
       {admitted(), at({hour(8).value - 1})},
       {admitted(), at(hour(8))}},
      {"a diagnosis is not in the future",
       no::time_in_future,
       {admitted(), at({hour(24).value + 1})},
       {admitted(), at(hour(24))}},
      {"one diagnosis of rank 1",
       no::primary_diagnosis_taken,
       {one, ranked(2, 1)},
       {one, ranked(2, 2)}},
      {"rank 1 is free after a void",
       no::primary_diagnosis_taken,
       {one, ranked(2, 1)},
       {one + Commands{void_diagnosis()}, ranked(2, 1)}},
      {"other ranks repeat", no::primary_diagnosis_taken, {two, ranked(3, 1)}, {two, ranked(3, 2)}},
      {"a code stands once in an encounter",
       no::duplicate_diagnosis,
       {two, coded(3, "I10")},
       {two, coded(3, "I11.9")}},
      {"a code is free after a void",
       no::duplicate_diagnosis,
       {two, coded(3, "I10")},
       {one + Commands{void_diagnosis()}, coded(3, "I10")}},
      {"a code is the same with and without its dot",
       no::duplicate_diagnosis,
       {two, coded(3, "J45909")},
       {two, coded(3, "J45901")}},
      {"a revision needs the diagnosis",
       no::diagnosis_unknown,
       {one, to_rank(2, 3)},
       {two, to_rank(2, 3)}},
      {"a revision needs the encounter",
       no::encounter_unknown,
       {registered(), to_rank(1, 3)},
       {one, to_rank(1, 3)}},
      {"a revision needs an open encounter",
       no::encounter_not_open,
       {discharged, to_rank(1, 3)},
       {discharged + Commands{reopen()}, to_rank(1, 3)}},
      {"a void diagnosis is not revised",
       no::already_void,
       {one + Commands{void_diagnosis()}, to_rank(1, 3)},
       {one, to_rank(1, 3)}},
      {"a revision changes something",
       no::nothing_to_change,
       {one, to_rank(1, 1)},
       {one, to_rank(1, 2)}},
      {"a revision does not make a second rank 1",
       no::primary_diagnosis_taken,
       {two, to_rank(2, 1)},
       {two + Commands{to_rank(1, 3)}, to_rank(2, 1)}},
      {"a revision does not repeat a code",
       no::duplicate_diagnosis,
       {two, to_code(1, "J45909")},
       {two, to_code(1, "J45901")}},
      {"a void needs the diagnosis",
       no::diagnosis_unknown,
       {one, void_diagnosis(2)},
       {one, void_diagnosis()}},
      {"a void needs the encounter",
       no::encounter_unknown,
       {registered(), void_diagnosis()},
       {one, void_diagnosis()}},
      {"a void needs an open encounter",
       no::encounter_not_open,
       {discharged, void_diagnosis()},
       {discharged + Commands{reopen()}, void_diagnosis()}},
      {"a diagnosis is voided once",
       no::already_void,
       {one + Commands{void_diagnosis()}, void_diagnosis()},
       {one, void_diagnosis()}},
      {"a repeated void is told so after the discharge too",
       no::already_void,
       {one + Commands{void_diagnosis(), discharge()}, void_diagnosis()},
       {one, void_diagnosis()}},
  };
}

std::vector<Rule> procedure_rules() {
  const auto at = [](UtcMillis time) {
    return with(record_procedure(), [&](auto& c) { c.performed_at = time; });
  };
  const auto pcs = with(record_procedure(), [](auto& c) {
    c.system = ProcedureSystem::pcs;
    c.code = "0DTJ4ZZ";
  });
  const Commands one = admitted() + Commands{record_procedure()};
  const Commands discharged = one + Commands{discharge()};
  return {
      {"a procedure needs the encounter",
       no::encounter_unknown,
       {registered(), record_procedure()},
       {admitted(), record_procedure()}},
      {"a procedure needs an open encounter",
       no::encounter_not_open,
       {discharged, record_procedure(2)},
       {discharged + Commands{reopen()}, record_procedure(2)}},
      {"a procedure id is used once",
       no::id_taken,
       {one, record_procedure()},
       {one, record_procedure(2)}},
      {"a procedure is not before the admission",
       no::time_before_admission,
       {admitted(), at({hour(8).value - 1})},
       {admitted(), at(hour(8))}},
      {"a procedure is not in the future",
       no::time_in_future,
       {admitted(), at({hour(24).value + 1})},
       {admitted(), at(hour(24))}},
      {"PCS is for inpatients",
       no::pcs_needs_inpatient,
       {admitted(), pcs},
       {admitted_inpatient(), pcs}},
      {"a void needs the procedure",
       no::procedure_unknown,
       {admitted(), void_procedure()},
       {one, void_procedure()}},
      {"a void needs an open encounter",
       no::encounter_not_open,
       {discharged, void_procedure()},
       {discharged + Commands{reopen()}, void_procedure()}},
      {"a procedure is voided once",
       no::already_void,
       {one + Commands{void_procedure()}, void_procedure()},
       {one, void_procedure()}},
      {"a procedure on a bill is not voided",
       no::still_billed,
       {billed(), void_procedure()},
       {billed() + Commands{void_charge()}, void_procedure()}},
      {"a procedure on a void bill may be voided",
       no::still_billed,
       {billed(), void_procedure()},
       {billed() + Commands{void_bill()}, void_procedure()}},
  };
}

std::vector<Rule> medication_rules() {
  const auto at = [](UtcMillis time) {
    return with(prescribe(), [&](auto& c) { c.start = time; });
  };
  const auto until = [](UtcMillis time) {
    return with(prescribe(), [&](auto& c) { c.stop = time; });
  };
  const auto stop_at = [](UtcMillis time) {
    return with(stop_medication(), [&](auto& c) { c.stop = time; });
  };
  const Commands one = admitted() + Commands{prescribe()};
  const Commands discharged = one + Commands{discharge()};
  const Commands on_bill = charted() + Commands{open_bill(), charge_medication()};
  return {
      {"a prescription needs the encounter",
       no::encounter_unknown,
       {registered(), prescribe()},
       {admitted(), prescribe()}},
      {"a prescription needs an open encounter",
       no::encounter_not_open,
       {discharged, prescribe(2)},
       {discharged + Commands{reopen()}, prescribe(2)}},
      {"a medication id is used once", no::id_taken, {one, prescribe()}, {one, prescribe(2)}},
      {"a medication starts after the admission",
       no::time_before_admission,
       {admitted(), at({hour(8).value - 1})},
       {admitted(), at(hour(8))}},
      {"a medication does not start in the future",
       no::time_in_future,
       {admitted(), at({hour(24).value + 1})},
       {admitted(), at(hour(24))}},
      {"a medication stops after it starts",
       no::stop_before_start,
       {admitted(), until({hour(11).value - 1})},
       {admitted(), until(hour(11))}},
      {"a planned stop may lie in the future",
       no::stop_before_start,
       {admitted(), until(hour(10))},
       {admitted(), until(hour(240))}},
      {"a stop needs the medication",
       no::medication_unknown,
       {admitted(), stop_medication()},
       {one, stop_medication()}},
      {"a stop needs the encounter",
       no::encounter_unknown,
       {registered(), stop_medication()},
       {one, stop_medication()}},
      {"a stop needs an open encounter",
       no::encounter_not_open,
       {discharged, stop_medication()},
       {discharged + Commands{reopen()}, stop_medication()}},
      {"a stop is not before the start",
       no::stop_before_start,
       {one, stop_at(hour(10))},
       {one, stop_at(hour(11))}},
      {"a stop has happened",
       no::time_in_future,
       {one, stop_at({hour(24).value + 1})},
       {one, stop_at(hour(24))}},
      {"a medication stops once",
       no::already_stopped,
       {one + Commands{stop_medication()}, stop_medication()},
       {admitted() + Commands{until(hour(240))}, stop_medication()}},
      {"a planned stop that is due has stopped it",
       no::already_stopped,
       {admitted() + Commands{until(hour(24))}, stop_medication()},
       {admitted() + Commands{until({hour(24).value + 1})}, stop_medication()}},
      {"a void medication is not stopped",
       no::already_void,
       {one + Commands{void_medication()}, stop_medication()},
       {one, stop_medication()}},
      {"a void needs the medication",
       no::medication_unknown,
       {admitted(), void_medication()},
       {one, void_medication()}},
      {"a void needs an open encounter",
       no::encounter_not_open,
       {discharged, void_medication()},
       {discharged + Commands{reopen()}, void_medication()}},
      {"a medication is voided once",
       no::already_void,
       {one + Commands{void_medication()}, void_medication()},
       {one, void_medication()}},
      {"a medication on a bill is not voided",
       no::still_billed,
       {on_bill, void_medication()},
       {on_bill + Commands{void_charge()}, void_medication()}},
  };
}

}  // namespace pim::domain_testing
