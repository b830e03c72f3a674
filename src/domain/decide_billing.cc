#include <algorithm>
#include <string>
#include <string_view>

#include "domain/decide_parts.h"
#include "domain/rules.h"

namespace pim::decide_parts {
namespace {

// Bills are written while the encounter is open and after its discharge.
Result<const Encounter*, Rejection> billable_encounter(const Patient& patient, EncounterId id) {
  auto known = known_encounter(patient, id);
  if (known && (*known)->status == EncounterStatus::cancelled) {
    return reject(rejection::encounter_cancelled, {{"id", id.to_string()}});
  }
  return known;
}

// The encounter's last bill, void or not.
Result<const Bill*, Rejection> last_bill(const Encounter& encounter) {
  if (encounter.bills.empty()) {
    return reject(rejection::bill_unknown, {{"id", encounter.encounter_id.to_string()}});
  }
  return &encounter.bills.back();
}

Result<const Bill*, Rejection> open_bill(const Encounter& encounter) {
  auto bill = last_bill(encounter);
  if (bill && (*bill)->status != BillStatus::open) {
    return reject(rejection::bill_not_open,
                  {{"id", (*bill)->bill_id.to_string()}, {"status", name_of((*bill)->status)}});
  }
  return bill;
}

template <class Child, class Id>
Check child_live(const std::vector<Child>& children, Id Child::* id_of, SourceKind kind,
                 const Uuid& source) {
  const auto* child = find_child(children, id_of, Id{source});
  if (child && !child->voided) return {};
  return reject(child ? rejection::charge_source_void : rejection::charge_source_unknown,
                {{"what", name_of(kind)}, {"id", source.to_string()}});
}

// What is charged for is in this encounter, and not void.
Check source_live(const Encounter& encounter, SourceKind kind, const Uuid& source) {
  switch (kind) {
    case SourceKind::procedure:
      return child_live(encounter.procedures, &Procedure::procedure_id, kind, source);
    case SourceKind::medication:
      return child_live(encounter.medications, &Medication::medication_id, kind, source);
    case SourceKind::encounter:
      break;
  }
  if (source == encounter.encounter_id.value) return {};
  return reject(rejection::charge_source_unknown,
                {{"what", name_of(kind)}, {"id", source.to_string()}});
}

}  // namespace

Decision change(const Patient& patient, const References&, const OpenBill& c) {
  const auto encounter = billable_encounter(patient, c.encounter_id);
  if (!encounter) return Err{encounter.error()};
  if (find_child((*encounter)->bills, &Bill::bill_id, c.bill_id)) {
    return reject(rejection::id_taken, {{"what", "bill"}, {"id", c.bill_id.to_string()}});
  }
  if (const auto* bill = live_bill(**encounter)) {
    return reject(rejection::bill_exists,
                  {{"id", bill->bill_id.to_string()}, {"status", name_of(bill->status)}});
  }
  return one_event(BillOpened{c.bill_id, c.encounter_id});
}

Decision change(const Patient& patient, const References&, const AddCharge& c) {
  const auto encounter = billable_encounter(patient, c.encounter_id);
  if (!encounter) return Err{encounter.error()};
  const auto open = open_bill(**encounter);
  if (!open) return Err{open.error()};
  const Bill& bill = **open;
  const auto live = source_live(**encounter, c.source_kind, c.source_id);
  if (!live) return Err{live.error()};
  if (const auto* line = line_for(bill, c.source_kind, c.source_id)) {
    return reject(rejection::already_billed, {{"what", name_of(c.source_kind)},
                                              {"id", c.source_id.to_string()},
                                              {"line_no", std::to_string(line->line_no)}});
  }
  const auto amount = multiply(c.unit_cents, c.qty);
  if (!amount || !add(bill.total_cents, *amount)) return reject(rejection::amount_overflow);
  const auto line_no = static_cast<std::int32_t>(bill.lines.size() + 1);
  return one_event(ChargeAdded{c.encounter_id, bill.bill_id, line_no, c.source_kind, c.source_id,
                               c.category, c.qty, c.unit_cents, *amount});
}

Decision change(const Patient& patient, const References&, const VoidCharge& c) {
  const auto encounter = billable_encounter(patient, c.encounter_id);
  if (!encounter) return Err{encounter.error()};
  const auto last = last_bill(**encounter);
  if (!last) return Err{last.error()};
  const auto* line = find_child((*last)->lines, &BillLine::line_no, c.line_no);
  const auto line_no = std::to_string(c.line_no);
  if (!line) return reject(rejection::line_unknown, {{"line_no", line_no}});
  // before the bill's status: whoever repeats a void learns that it is done
  if (line->voided) {
    return reject(rejection::already_void, {{"what", "line"}, {"id", line_no}});
  }
  const auto open = open_bill(**encounter);
  if (!open) return Err{open.error()};
  return one_event(ChargeVoided{c.encounter_id, (*open)->bill_id, c.line_no});
}

Decision change(const Patient& patient, const References&, const FinalizeBill& c) {
  const auto encounter = billable_encounter(patient, c.encounter_id);
  if (!encounter) return Err{encounter.error()};
  const auto open = open_bill(**encounter);
  if (!open) return Err{open.error()};
  const Bill& bill = **open;
  if ((*encounter)->status != EncounterStatus::discharged) {
    return reject(rejection::encounter_not_discharged,
                  {{"id", c.encounter_id.to_string()}, {"status", name_of((*encounter)->status)}});
  }
  if (!any_live(bill.lines)) {
    return reject(rejection::bill_empty, {{"id", bill.bill_id.to_string()}});
  }
  return one_event(BillFinalized{c.encounter_id, bill.bill_id, bill.total_cents});
}

Decision change(const Patient& patient, const References&, const VoidBill& c) {
  const auto encounter = known_encounter(patient, c.encounter_id);
  if (!encounter) return Err{encounter.error()};
  const auto last = last_bill(**encounter);
  if (!last) return Err{last.error()};
  const Bill& bill = **last;
  if (bill.status == BillStatus::voided) {
    return reject(rejection::already_void, {{"what", "bill"}, {"id", bill.bill_id.to_string()}});
  }
  return one_event(BillVoided{c.encounter_id, bill.bill_id});
}

}  // namespace pim::decide_parts
