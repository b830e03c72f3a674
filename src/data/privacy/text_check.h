// Scans texts and enters what it finds into a report.
#pragma once

#include <string_view>
#include <vector>

#include "data/privacy/report.h"
#include "data/privacy/text_scan.h"

namespace pim::data::privacy {

class TextCheck {
 public:
  explicit TextCheck(Report& report) : report_(report) {}  // outlives the check

  // Whether anything was found. `detail` names the field, where its name is one of ours.
  bool check(std::string_view text, TextRules rules, std::string_view file, Place place,
             std::string_view detail) {
    ++report_.texts;
    scan_text(text, rules, hits_);
    for (const auto& hit : hits_) report_.add(hit.rule, file, place, detail);
    (rules.has(Rule::card) ? texts_ : numbers_) += 1;
    return !hits_.empty();
  }
  // Says in the report how many texts each rule was put to. Once, at the end.
  void finish() {
    for (const auto& rule : all_rules().first(kTextRules)) {
      report_.looked_at(rule.rule, texts_ + (kRulesForNumbers.has(rule.rule) ? numbers_ : 0));
    }
  }

 private:
  Report& report_;
  std::vector<TextHit> hits_;
  std::uint64_t texts_ = 0;
  std::uint64_t numbers_ = 0;  // texts that only kRulesForNumbers were put to
};

}  // namespace pim::data::privacy
