#include <algorithm>

#include "data/privacy/table_check.h"
#include "domain/enums.h"
#include "domain/money.h"

namespace pim::data::privacy {
namespace {

// Line numbers, scattered: lines 1 to n are there once each where the sum is that of 1 to n and the
// highest is n (but for one chance in 2^64).
std::uint64_t scattered(std::uint64_t line) {
  std::uint64_t x = line * 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

void TableCheck::charge(const Cells& cells) {
  own_id(cells, charges_);
  const auto parent = parent_of(cells);
  const auto qty = cells.integer("qty");
  const auto unit = cells.integer("unit_cents");
  const auto amount = cells.integer("amount_cents");
  if (qty && unit && amount) {
    const auto product = multiply(Cents{*unit}, *qty);
    broken(Rule::amount, !product || product->value != *amount, cells, "amount_cents");
  }
  check_source(cells, parent);
  check_bill(cells, parent);
}

void TableCheck::check_source(const Cells& cells, const Parent& parent) {
  const auto kind = parse_enum<SourceKind>(cells.text("source_kind"));
  const auto source = cells.id("source_id");
  if (!kind || !source) return;
  if (*kind == SourceKind::encounter) {
    const auto encounter = cells.id("encounter_id");
    if (!encounter) return;
    const bool other = *source != *encounter;
    if (broken(Rule::source_of_other_encounter, other, cells, "source_id")) return;
    if (parent.encounter == nullptr) return;
    broken(Rule::source_billed_twice, parent.encounter->billed, cells, "source_id");
    parent.encounter->billed = true;
    return;
  }
  const bool is_procedure = *kind == SourceKind::procedure;
  if (is_absent(is_procedure ? "procedures" : "medications")) return;
  auto& rows = is_procedure ? procedure_rows_ : medication_rows_;
  const auto number = (is_procedure ? procedures_ : medications_).find(*source);
  if (broken(Rule::reference_missing, number == kNone, cells, "source_id")) return;
  auto& row = rows[number];
  if (parent.number != kNone) {
    const bool other = row.encounter != (parent.number & 0x7FFFFFFFU);
    if (broken(Rule::source_of_other_encounter, other, cells, "source_id")) return;
  }
  broken(Rule::source_billed_twice, row.billed != 0, cells, "source_id");
  row.billed = 1;
}

void TableCheck::check_bill(const Cells& cells, const Parent& parent) {
  const auto bill_id = cells.id("bill_id");
  if (!bill_id) return;
  const auto status = cells.text("status");
  const bool final = status == "final";
  const auto [number, is_new] = bills_.insert(*bill_id);
  if (is_new) {
    BillRow first;
    first.encounter = parent.number;
    first.file = static_cast<std::uint32_t>(bill_files_.size() - 1);
    first.line = cells.place("bill_id").line;
    first.has_status = !status.empty();
    first.final = final;
    bill_rows_.push_back(first);
  }
  auto& bill = bill_rows_[number];
  if (parent.encounter != nullptr) {
    if (parent.encounter->bill == kNone) parent.encounter->bill = number;
    if (bill.encounter == kNone) bill.encounter = parent.number;
    broken(Rule::second_bill, parent.encounter->bill != number || bill.encounter != parent.number,
           cells, "bill_id");
    if (is_new && final) {
      broken(Rule::final_before_discharge, parent.encounter->open, cells, "status");
    }
  }
  if (bill.has_status && !status.empty()) {
    broken(Rule::bill_status, bill.final != final, cells, "status");
  }
  if (const auto line = cells.integer("line_no")) {
    ++bill.lines;
    bill.last_line = std::max(bill.last_line, static_cast<std::uint32_t>(*line));
    bill.line_sum += scattered(static_cast<std::uint64_t>(*line));
  } else {
    bill.unsound = true;
  }
}

void TableCheck::finish_bills() {
  std::vector<std::uint64_t> sums = {0};  // of lines 1 to the index
  for (const auto& bill : bill_rows_) {
    if (bill.unsound) continue;
    report_.looked_at(Rule::line_numbers);
    bool whole = bill.last_line == bill.lines;
    if (whole) {
      while (sums.size() <= bill.lines) sums.push_back(sums.back() + scattered(sums.size()));
      whole = bill.line_sum == sums[bill.lines];
    }
    if (!whole) {
      report_.add(Rule::line_numbers, bill_files_[bill.file], {bill.line, 1}, "line_no");
    }
  }
}

}  // namespace pim::data::privacy
