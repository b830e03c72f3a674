#include <algorithm>

#include "domain/json.h"
#include "load/history/check.h"

namespace pim::load {
std::string_view to_string(Violation violation) {
  constexpr std::array<std::string_view, kViolations> kNames = {
      "lost",         "duplicated",  "phantom",    "unnamed",        "gap",       "reordered",
      "contradicted", "unreceipted", "baseless",   "stale-accepted", "misplaced", "inactive",
      "stale-read",   "went-back",   "read-ahead", "read-differs"};
  return kNames[static_cast<std::size_t>(violation)];
}

std::vector<std::pair<std::string_view, std::uint64_t>> CheckReport::counts() const {
  return {{"calls", calls},
          {"requests", requests},
          {"acknowledged", acknowledged},
          {"refused", refused},
          {"unknown", unknown},
          {"unknown-applied", unknown_applied},
          {"replays", replays},
          {"reads", reads},
          {"promised-reads", promised_reads},
          {"compared-reads", compared_reads},
          {"references", references},
          {"events", events},
          {"receipts", receipts},
          {"unjudged", unjudged}};
}

bool CheckReport::clean() const {
  return std::ranges::all_of(violations, [](std::uint64_t count) { return count == 0; });
}

std::string CheckReport::summary() const {
  std::string text = "acknowledged checked " + std::to_string(acknowledged);
  for (std::size_t i = 0; i < kViolations; ++i) {
    const auto violation = static_cast<Violation>(i);
    if (violation > Violation::phantom && violations[i] == 0) continue;
    text.append(", ").append(to_string(violation)).append(" ");
    text += std::to_string(violations[i]);
  }
  return text;
}

std::string to_text(const CheckReport& report) {
  std::string text;
  for (const auto& [name, count] : report.counts()) {
    if (!text.empty()) text += ", ";
    text.append(name).append(" ") += std::to_string(count);
  }
  text += '\n';
  for (const auto& finding : report.findings) text += finding + '\n';
  if (!report.whole) {
    text +=
        "the history is not sealed: its writer was killed, and its last calls may be missing; what "
        "it has was checked\n";
  }
  return text + report.summary() + '\n';
}

std::string to_json(const CheckReport& report) {
  std::string text = report.clean() ? R"({"clean":true)" : R"({"clean":false)";
  text += report.whole ? R"(,"whole":true)" : R"(,"whole":false)";
  for (const auto& [name, count] : report.counts()) {
    std::string key(name);
    std::ranges::replace(key, '-', '_');
    text += ",\"" + key + "\":" + std::to_string(count);
  }
  text += R"(,"violations":{)";
  for (std::size_t i = 0; i < kViolations; ++i) {
    if (i > 0) text += ',';
    append_json_string(text, to_string(static_cast<Violation>(i)));
    text += ':' + std::to_string(report.violations[i]);
  }
  text += R"(},"findings":[)";
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    if (i > 0) text += ',';
    append_json_string(text, report.findings[i]);
  }
  return text + "]}";
}

}  // namespace pim::load
