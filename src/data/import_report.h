// What an import did, for people and for programs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/csv.h"

namespace pim::data {

struct Refusal {
  std::string file;
  Place place;
  std::string reason;  // never quotes a value of the row
};

struct ImportReport {
  static constexpr std::size_t kMaxRefusals = 1000;  // kept; all are counted

  std::uint64_t rows = 0;      // data rows read, each file once
  std::uint64_t commands = 0;  // made from them
  std::uint64_t accepted = 0;
  std::uint64_t replayed = 0;  // accepted by an earlier run
  std::uint64_t refused = 0;
  std::vector<Refusal> refusals;
  // "patients.csv:ssn" -> how many values were there and went no further
  std::map<std::string, std::uint64_t> identifiers_dropped;
  // Likewise, how many only told rows apart: what stands for them is a pseudonym.
  std::map<std::string, std::uint64_t> identifiers_replaced;
  std::vector<std::string> notes;  // what was found out rather than told, with the file's name
  bool dry_run = false;
  bool stopped = false;  // at the first refusal, by --strict

  void refuse(Refusal refusal);
};

std::string to_json(const ImportReport& report);
// Several lines, the refusals first, as FILE:LINE:COLUMN: REASON.
std::string to_text(const ImportReport& report);

}  // namespace pim::data
