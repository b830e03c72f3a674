// What a privacy check looked at and found. No finding quotes a value: it may be somebody's.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv.h"
#include "data/privacy/rules.h"

namespace pim::data::privacy {

struct Finding {
  Rule rule = Rule::ssn;
  std::string file;    // or, in a store, `bucket 17 position 42`
  Place place{0, 0};   // line 0: the file as a whole
  std::string detail;  // a column of the closed list, or the like; may be empty
};

// Not thread-safe.
class Report {
 public:
  static constexpr std::size_t kShownPerRule = 20;  // all are counted

  struct Count {
    std::uint64_t looked_at =
        0;  // texts, rows, files or events; 0: the rule was not put to anything
    std::uint64_t found = 0;
  };

  void add(Rule rule, std::string_view file, Place place, std::string_view detail = {});
  void looked_at(Rule rule, std::uint64_t times = 1) { counts_[index(rule)].looked_at += times; }

  const Count& count(Rule rule) const { return counts_[index(rule)]; }
  const std::vector<Finding>& findings() const { return findings_; }
  std::uint64_t found() const { return found_; }
  bool clean() const { return found_ == 0; }

  std::uint64_t rows = 0;
  std::uint64_t texts = 0;
  std::uint64_t events = 0;
  std::uint64_t index_bytes = 0;  // memory for ids and references at its highest
  int reference_year = 0;         // in which ages were counted; 0: none were

 private:
  static std::size_t index(Rule rule) { return static_cast<std::size_t>(rule); }

  std::array<Count, kRules> counts_{};
  std::vector<Finding> findings_;
  std::uint64_t found_ = 0;
};

// The findings as FILE:LINE:COLUMN: RULE: WHAT, then a table of the rules.
std::string to_text(const Report& report);
std::string to_json(const Report& report);

}  // namespace pim::data::privacy
