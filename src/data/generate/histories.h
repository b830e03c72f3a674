// A patient's rows, handed to a sink in the order in which they happened: encounter by encounter,
// each with its diagnoses, procedures, medications and charges.
//
// A sink has on_facility(), on_provider(), on_patient(), on_encounter(), on_diagnosis(),
// on_procedure(), on_medication(), on_charge(), each with a row, and on_patient_end(),
// on_encounter_end(). Rows are valid during the call.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "data/generate/code_picker.h"
#include "data/generate/codes.h"
#include "data/generate/population.h"
#include "data/generate/rows.h"

namespace pim::data::generate {

// The code tables, ready to be drawn from and written. Made once, shared by all threads.
class CodeBook {
 public:
  CodeBook();

  struct DrugEntry {
    Word rxcui;
    Word ndc11;
    Word dose;
    DoseUnit unit;
    Route route;
    std::uint16_t days;
    std::uint16_t price;
  };
  struct ConditionEntry {
    Word icd10cm;
    bool chronic;
    DrugList drugs;
  };
  struct ProcedureEntry {
    Word code;
    ProcedureSystem system;
    ChargeCategory category;
    std::uint16_t price;
    std::uint16_t max_quantity;
  };
  const DrugEntry& drug(std::size_t i) const { return drugs_[i]; }
  const ConditionEntry& condition(std::size_t i) const { return conditions_[i]; }
  const ProcedureEntry& procedure(std::size_t i) const { return procedures_[i]; }

  CodePicker pick_condition;
  CodePicker pick_procedure;

  // Conditions, at most `wanted`, none twice; those the patient carries come first now and then.
  std::uint32_t diagnose(const Person& person, const Context& context, std::uint32_t wanted,
                         Block bits, std::array<std::uint8_t, 64>& found) const;
  // For one of the encounter's conditions, or one that the patient carries, or of every day.
  std::size_t prescribe(const Person& person, std::size_t band,
                        const std::array<std::uint8_t, 64>& found, std::uint32_t count,
                        std::uint32_t bits) const;

 private:
  std::vector<DrugEntry> drugs_;
  std::vector<ConditionEntry> conditions_;
  std::vector<ProcedureEntry> procedures_;
};

// What one encounter's rows are made with. One a thread.
struct Scratch {
  static constexpr std::size_t kMost = CountTable::kMax + 1;
  struct Line {
    IdText source;
    SourceKind kind;
    ChargeCategory category;
    std::uint32_t qty;
    std::uint64_t weight;
  };
  std::array<Line, 2 * kMost> lines;
  std::array<std::uint8_t, 64> conditions;
};

inline constexpr std::array<std::uint8_t, kClasses> kVisitWeights = {14, 12, 24, 16, 30, 90};

Word place_of_service(EncounterClass encounter_class, bool in_hospital, std::int64_t admitted_at,
                      std::uint32_t bits);
Disposition disposition_of(EncounterClass encounter_class, std::uint32_t bits);

// Encounters `from` up to `to` of a person.
template <class Sink>
void write_encounters(const Population& population, const CodeBook& book, const Person& person,
                      const IdText& patient_id, std::uint32_t from, std::uint32_t to,
                      Scratch& scratch, Sink& sink) {
  const std::uint64_t seed = population.plan().seed;
  const std::uint64_t who = person.index;
  const auto id = [&](Purpose purpose, std::uint32_t encounter, std::uint32_t child = 0) {
    return id_text(draw(seed, purpose, who, encounter, child));
  };
  for (std::uint32_t number = from; number < to; ++number) {
    const Visit visit = population.visit(person, number);
    const Extent extent = population.extent(person, visit, number);
    const Block bits = draw(seed, Purpose::encounter, who, number, 0, 2);
    const Block dice = draw(seed, Purpose::encounter, who, number, 0, 3);
    const bool inpatient = visit.encounter_class == EncounterClass::inpatient;
    const Context context{visit.class_index(), visit.band, person.female(), visit.admitted.season};

    const auto seen = population.network().see(person.area, visit.encounter_class, visit.band < 2,
                                               person.female(), high(bits.first));
    EncounterRow encounter;
    encounter.encounter_id = id(Purpose::encounter_id, number);
    encounter.patient_id = &patient_id;
    encounter.provider_id = id_text(draw(seed, Purpose::provider_id, seen.provider));
    encounter.facility_id = id_text(draw(seed, Purpose::facility_id, seen.facility));
    encounter.encounter_class = visit.encounter_class;
    encounter.admitted_at = visit.admitted.seconds;
    encounter.pos = place_of_service(visit.encounter_class, seen.in_hospital, encounter.admitted_at,
                                     low(bits.second));
    encounter.discharged_at = population.discharge(person, visit, number, low(bits.first));
    encounter.disposition = disposition_of(visit.encounter_class, high(bits.second));
    if (person.deceased_year != 0 && number + 1 == person.encounters &&
        (inpatient || visit.encounter_class == EncounterClass::emergency)) {
      encounter.disposition = Disposition::expired;
    }
    sink.on_encounter(encounter);

    const std::int64_t last =
        encounter.discharged_at != 0 ? encounter.discharged_at : person.end_seconds;
    const auto span = static_cast<std::uint64_t>(last - encounter.admitted_at);
    // Within the encounter, and rather at its beginning.
    const auto moment = [&](std::uint32_t chosen) {
      const std::uint64_t part = std::uint64_t{chosen} * chosen >> 32;
      return encounter.admitted_at + static_cast<std::int64_t>(span * part >> 32);
    };

    const std::uint32_t diagnosed =
        book.diagnose(person, context, extent.diagnoses, dice, scratch.conditions);
    for (std::uint32_t i = 0; i < diagnosed; ++i) {
      const Block own = draw(seed, Purpose::diagnosis, who, number, i);
      const auto& condition = book.condition(scratch.conditions[i]);
      DiagnosisRow row;
      row.diagnosis_id = id(Purpose::diagnosis_id, number, i);
      row.patient_id = &patient_id;
      row.encounter = &encounter;
      row.icd10cm = &condition.icd10cm;
      row.rank = i + 1;
      row.present_on_admission = !inpatient || condition.chronic || chance(85, high(own.first));
      row.recorded_at = moment(low(own.first));
      sink.on_diagnosis(row);
    }

    std::size_t lines = 1;
    std::uint64_t weights = kVisitWeights[visit.class_index()];
    for (std::uint32_t i = 0; i < extent.procedures; ++i) {
      const Block own = draw(seed, Purpose::procedure, who, number, i);
      const auto& procedure = book.procedure(book.pick_procedure(context, high(own.first)));
      ProcedureRow row;
      row.procedure_id = id(Purpose::procedure_id, number, i);
      row.patient_id = &patient_id;
      row.encounter = &encounter;
      row.system = procedure.system;
      row.code = &procedure.code;
      row.performed_at = moment(low(own.first));
      row.quantity = 1 + below(procedure.max_quantity, high(own.second));
      sink.on_procedure(row);
      const std::uint64_t weight = std::uint64_t{procedure.price} * row.quantity;
      scratch.lines[lines++] = {row.procedure_id, SourceKind::procedure, procedure.category,
                                row.quantity, weight};
      weights += weight;
    }
    for (std::uint32_t i = 0; i < extent.medications; ++i) {
      const Block own = draw(seed, Purpose::medication, who, number, i);
      const auto& drug = book.drug(
          book.prescribe(person, visit.band, scratch.conditions, diagnosed, high(own.first)));
      MedicationRow row;
      row.medication_id = id(Purpose::medication_id, number, i);
      row.patient_id = &patient_id;
      row.encounter = &encounter;
      row.rxcui = &drug.rxcui;
      row.ndc11 = &drug.ndc11;
      row.dose = &drug.dose;
      row.unit = drug.unit;
      row.route = drug.route;
      row.start = moment(low(own.first));
      if (drug.days > 0) {
        const std::uint32_t days = drug.days + below(drug.days, high(own.second)) / 2;
        row.stop = row.start + std::int64_t{days} * 86'400;
      }
      sink.on_medication(row);
      scratch.lines[lines++] = {row.medication_id, SourceKind::medication, ChargeCategory::pharmacy,
                                1, drug.price};
      weights += drug.price;
    }

    // The bill's total is drawn; its lines share it by weight, and the visit has the rest.
    const IdText bill_id = id(Purpose::bill_id, number);
    const auto nights = static_cast<std::uint32_t>(span / 86'400);
    auto& whole = scratch.lines[0];
    whole = {encounter.encounter_id, SourceKind::encounter,
             inpatient ? ChargeCategory::room_board : ChargeCategory::professional,
             inpatient && nights > 1 ? nights : 1, 0};
    std::uint64_t left = extent.total_cents;
    for (std::size_t i = 1; i < lines; ++i) {
      auto& line = scratch.lines[i];
      line.weight = extent.total_cents * line.weight / (weights * line.qty);  // now: cents a unit
      left -= line.weight * line.qty;
    }
    whole.weight = left / whole.qty;
    const bool final =
        encounter.discharged_at != 0 &&
        encounter.discharged_at < population.calendar().end_seconds() - std::int64_t{14} * 86'400;
    for (std::size_t i = 0; i < lines; ++i) {
      const auto& line = scratch.lines[i];
      ChargeRow row;
      row.charge_id = id(Purpose::charge_id, number, static_cast<std::uint32_t>(i));
      row.bill_id = &bill_id;
      row.patient_id = &patient_id;
      row.encounter = &encounter;
      row.line_no = static_cast<std::uint32_t>(i + 1);
      row.source_kind = line.kind;
      row.source_id = &line.source;
      row.category = line.category;
      row.qty = line.qty;
      row.unit_cents = line.weight;
      row.final = final;
      sink.on_charge(row);
    }
    sink.on_encounter_end(encounter, final);
  }
}

// The patient's own row, and all of its encounters; `pause` after each `stretch` of them, and no
// further where it returns false.
template <class Sink, class Pause>
void write_patient(const Population& population, const CodeBook& book, std::uint64_t index,
                   Scratch& scratch, Sink& sink, std::uint32_t stretch, Pause&& pause) {
  const Person person = population.person(index);
  PatientRow row;
  row.patient_id = id_text(draw(population.plan().seed, Purpose::patient_id, index));
  row.birth_year = person.birth_year;
  row.sex = person.sex;
  row.state = person.home.state;
  row.zip3 = person.home.zip3;
  row.deceased_year = person.deceased_year;
  sink.on_patient(row);
  for (std::uint32_t from = 0; from < person.encounters; from += stretch) {
    if (from > 0 && !pause()) return;
    const std::uint32_t to = std::min(person.encounters, from + stretch);
    write_encounters(population, book, person, row.patient_id, from, to, scratch, sink);
  }
  sink.on_patient_end(row);
}

}  // namespace pim::data::generate
