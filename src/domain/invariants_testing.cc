#include "domain/invariants_testing.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "domain/codes.h"

namespace pim::domain_testing {
namespace {

class Findings {
 public:
  void unless(bool holds, const char* name) {
    if (!holds) names_.insert(name);
  }
  std::vector<std::string> list() const { return {names_.begin(), names_.end()}; }

 private:
  std::set<std::string> names_;
};

template <class Child, class Key>
bool distinct(const std::vector<Child>& children, Key&& key) {
  std::set<decltype(key(children.front()))> keys;
  return std::all_of(children.begin(), children.end(),
                     [&](const Child& child) { return keys.insert(key(child)).second; });
}

void check_facts(const PatientFacts& facts, Findings& found) {
  const bool deceased = facts.status == PatientStatus::deceased;
  found.unless(deceased == facts.deceased_year.has_value(), "deceased has a year");
  found.unless(!facts.deceased_year || *facts.deceased_year >= facts.birth_year,
               "death is not before birth");
}

void check_times(const Encounter& e, UtcMillis now, Findings& found) {
  const auto last = e.discharged_at.value_or(now);
  const auto within = [&](UtcMillis time) { return time >= e.admitted_at && time <= last; };
  found.unless(e.admitted_at <= now, "admitted in the past");
  found.unless(last >= e.admitted_at, "discharge is not before admission");
  found.unless(last <= now, "discharged in the past");
  found.unless(!e.transferred_at || within(*e.transferred_at), "transfer within the encounter");
  for (const auto& d : e.diagnoses) {
    found.unless(d.voided || within(d.recorded_at), "diagnosis within the encounter");
  }
  for (const auto& p : e.procedures) {
    found.unless(p.voided || within(p.performed_at), "procedure within the encounter");
  }
  for (const auto& m : e.medications) {
    found.unless(m.voided || within(m.start), "medication within the encounter");
    found.unless(!m.stop || *m.stop >= m.start, "stop is not before start");
  }
}

void check_status(const Encounter& e, Findings& found) {
  const bool discharged = e.status == EncounterStatus::discharged;
  found.unless(discharged == e.discharged_at.has_value(), "discharged has a time");
  found.unless(discharged == e.disposition.has_value(), "discharged has a disposition");
  if (e.status != EncounterStatus::cancelled) return;
  const auto voided = [](const auto& child) { return child.voided; };
  found.unless(std::all_of(e.diagnoses.begin(), e.diagnoses.end(), voided) &&
                   std::all_of(e.procedures.begin(), e.procedures.end(), voided) &&
                   std::all_of(e.medications.begin(), e.medications.end(), voided) &&
                   std::all_of(e.bills.begin(), e.bills.end(),
                               [](const Bill& b) { return b.status == BillStatus::voided; }),
               "cancelled has no live child");
}

void check_children(const Encounter& e, Findings& found) {
  found.unless(distinct(e.diagnoses, [](auto& d) { return d.diagnosis_id; }) &&
                   distinct(e.procedures, [](auto& p) { return p.procedure_id; }) &&
                   distinct(e.medications, [](auto& m) { return m.medication_id; }) &&
                   distinct(e.bills, [](auto& b) { return b.bill_id; }),
               "child ids are distinct");
  int primaries = 0;
  std::set<std::string> codes;
  for (const auto& d : e.diagnoses) {
    found.unless(d.rank >= 1, "ranks start at 1");
    if (d.voided) continue;
    primaries += d.rank == 1;
    found.unless(codes.insert(d.icd10cm.text()).second, "no live code twice");
  }
  found.unless(primaries <= 1, "one diagnosis of rank 1");
  for (const auto& p : e.procedures) {
    const bool pcs = p.system == ProcedureSystem::pcs;
    found.unless(!pcs || e.class_ == EncounterClass::inpatient, "PCS is for inpatients");
    found.unless(pcs ? Pcs::parse(p.code).has_value() : Hcpcs::parse(p.code).has_value(),
                 "a procedure's code goes by its system");
    found.unless(p.quantity >= 1, "quantities start at 1");
  }
}

bool is_live_source(const Encounter& e, SourceKind kind, const Uuid& id) {
  switch (kind) {
    case SourceKind::encounter:
      return e.encounter_id.value == id;
    case SourceKind::procedure:
      return std::any_of(e.procedures.begin(), e.procedures.end(), [&](const Procedure& p) {
        return p.procedure_id.value == id && !p.voided;
      });
    case SourceKind::medication:
      return std::any_of(e.medications.begin(), e.medications.end(), [&](const Medication& m) {
        return m.medication_id.value == id && !m.voided;
      });
  }
  return false;
}

void check_bill(const Encounter& e, const Bill& bill, Findings& found) {
  __extension__ using Wide = __int128;
  Wide total = 0;
  std::int32_t line_no = 0;
  int live_lines = 0;
  std::set<std::pair<SourceKind, Uuid>> sources;
  for (const auto& line : bill.lines) {
    found.unless(line.line_no == ++line_no, "lines are numbered from 1");
    found.unless(line.qty >= 1 && line.unit_cents.value >= 0, "charges are not negative");
    found.unless(Wide{line.qty} * line.unit_cents.value == line.amount_cents.value,
                 "amount is quantity times unit");
    if (line.voided) continue;
    ++live_lines;
    total += line.amount_cents.value;
    found.unless(sources.emplace(line.source_kind, line.source_id).second,
                 "a source is billed once");
    found.unless(
        bill.status == BillStatus::voided || is_live_source(e, line.source_kind, line.source_id),
        "a live line has a live source");
  }
  found.unless(total == bill.total_cents.value, "total is the sum of the live lines");
  if (bill.status != BillStatus::final) return;
  found.unless(e.status == EncounterStatus::discharged, "final only after discharge");
  found.unless(live_lines > 0, "a final bill has a live line");
}

void check_bills(const Encounter& e, Findings& found) {
  for (const auto& bill : e.bills) {
    check_bill(e, bill, found);
    found.unless(bill.status == BillStatus::voided || &bill == &e.bills.back(),
                 "only the last bill is not void");
  }
}

template <class Child, class Same>
bool kept(const std::vector<Child>& before, const std::vector<Child>& after, Same&& same) {
  return before.size() <= after.size() &&
         std::equal(before.begin(), before.end(), after.begin(), same);
}

template <class Child>
bool never_unvoided(const std::vector<Child>& before, const std::vector<Child>& after) {
  return kept(before, after, [](const Child& b, const Child& a) { return !b.voided || a.voided; });
}

void check_step(const Encounter& before, const Encounter& after, Findings& found) {
  found.unless(
      kept(before.diagnoses, after.diagnoses,
           [](auto& b, auto& a) { return b.diagnosis_id == a.diagnosis_id; }) &&
          kept(before.procedures, after.procedures,
               [](auto& b, auto& a) { return b.procedure_id == a.procedure_id; }) &&
          kept(before.medications, after.medications,
               [](auto& b, auto& a) { return b.medication_id == a.medication_id; }) &&
          kept(before.bills, after.bills, [](auto& b, auto& a) { return b.bill_id == a.bill_id; }),
      "nothing is forgotten");
  found.unless(never_unvoided(before.diagnoses, after.diagnoses) &&
                   never_unvoided(before.procedures, after.procedures) &&
                   never_unvoided(before.medications, after.medications),
               "void is for ever");
  for (std::size_t i = 0; i < std::min(before.bills.size(), after.bills.size()); ++i) {
    const auto& b = before.bills[i];
    const auto& a = after.bills[i];
    found.unless(b.status == BillStatus::open || a.lines == b.lines, "final bills do not change");
    found.unless(b.status != BillStatus::voided || a.status == BillStatus::voided,
                 "void is for ever");
    found.unless(b.status != BillStatus::final || a.status != BillStatus::open,
                 "final bills do not change");
    found.unless(never_unvoided(b.lines, a.lines), "void is for ever");
  }
  found.unless(before.status != EncounterStatus::cancelled || after == before,
               "cancelled is for ever");
}

}  // namespace

std::vector<std::string> violations(const Patient& patient, UtcMillis now) {
  Findings found;
  check_facts(patient.facts, found);
  int open_inpatients = 0;
  for (const auto& e : patient.encounters.all()) {
    check_times(e, now, found);
    check_status(e, found);
    check_children(e, found);
    check_bills(e, found);
    open_inpatients += e.class_ == EncounterClass::inpatient && e.status == EncounterStatus::open;
    found.unless(patient.encounters.find(e.encounter_id) == &e, "encounters are found by id");
  }
  found.unless(open_inpatients <= 1, "one open inpatient encounter");
  return found.list();
}

std::vector<std::string> step_violations(const Patient& before, const Patient& after) {
  Findings found;
  found.unless(before.facts.patient_id == after.facts.patient_id, "a stream keeps its patient");
  const auto& was = before.encounters.all();
  const auto& is = after.encounters.all();
  found.unless(kept(was, is, [](auto& b, auto& a) { return b.encounter_id == a.encounter_id; }),
               "nothing is forgotten");
  const bool admissible = before.facts.status == PatientStatus::active;
  found.unless(admissible || is.size() == was.size(), "only active patients are admitted");
  for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) {
    if (!(was[i] == is[i])) check_step(was[i], is[i], found);
    if (was[i].status == EncounterStatus::open || was[i] == is[i]) continue;
    // what is discharged changes by Reopen, and in its bills
    auto entries_only = is[i];
    entries_only.status = was[i].status;
    entries_only.discharged_at = was[i].discharged_at;
    entries_only.disposition = was[i].disposition;
    entries_only.bills = was[i].bills;
    found.unless(entries_only == was[i], "late entries need a reopening");
  }
  return found.list();
}

}  // namespace pim::domain_testing
