#include "data/privacy/report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace pim::data::privacy {
namespace {

std::string line_of(const Finding& finding) {
  std::string line = finding.file + ":";
  if (finding.place.line != 0) {
    line += std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column) + ":";
  }
  line += " ";
  line += info(finding.rule).id;
  line += ": ";
  line += info(finding.rule).finds;
  if (!finding.detail.empty()) line += " (" + finding.detail + ")";
  return line + "\n";
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

void Report::add(Rule rule, std::string_view file, Place place, std::string_view detail) {
  ++found_;
  auto& count = counts_[index(rule)];
  if (++count.found > kShownPerRule) return;
  findings_.push_back({rule, std::string(file), place, std::string(detail)});
}

std::string to_text(const Report& report) {
  std::string text;
  for (const auto& finding : report.findings()) text += line_of(finding);
  for (const auto& rule : all_rules()) {
    const auto found = report.count(rule.rule).found;
    if (found <= Report::kShownPerRule) continue;
    text += std::string(rule.id) + ": " + std::to_string(found - Report::kShownPerRule) +
            " more, not shown\n";
  }
  if (!text.empty()) text += "\n";
  text += "rule                           looked at       found\n";
  std::string unasked;
  for (const auto& rule : all_rules()) {
    const auto& count = report.count(rule.rule);
    if (count.looked_at == 0 && count.found == 0) {
      if (!unasked.empty()) unasked += ", ";
      unasked += rule.id;
      continue;
    }
    std::string line(rule.id);
    line.resize(28, ' ');
    line += right_aligned(std::to_string(count.looked_at), 12) +
            right_aligned(std::to_string(count.found), 12);
    text += line + "\n";
  }
  if (!unasked.empty()) text += "not asked, for want of anything to look at: " + unasked + "\n";
  if (report.rows != 0) {
    char memory[80];
    std::snprintf(memory, sizeof memory, "; %.0f MiB for ids, %.1f bytes a row",
                  static_cast<double>(report.index_bytes) / (1 << 20),
                  static_cast<double>(report.index_bytes) / static_cast<double>(report.rows));
    text += std::to_string(report.rows) + " rows" + memory + "\n";
  }
  if (report.reference_year != 0) {
    text += "ages as of " + std::to_string(report.reference_year) + "\n";
  }
  if (report.events != 0) text += std::to_string(report.events) + " events\n";
  text += report.clean() ? "clean: no rule found anything\n"
                         : std::to_string(report.found()) + " findings\n";
  return text;
}

std::string to_json(const Report& report) {
  nlohmann::ordered_json json = {{"clean", report.clean()},
                                 {"found", report.found()},
                                 {"rows", report.rows},
                                 {"texts", report.texts},
                                 {"events", report.events},
                                 {"index_bytes", report.index_bytes},
                                 {"reference_year", report.reference_year},
                                 {"rules", nlohmann::ordered_json::array()},
                                 {"findings", nlohmann::ordered_json::array()}};
  for (const auto& rule : all_rules()) {
    const auto& count = report.count(rule.rule);
    json["rules"].push_back(
        {{"rule", rule.id}, {"looked_at", count.looked_at}, {"found", count.found}});
  }
  for (const auto& finding : report.findings()) {
    json["findings"].push_back({{"rule", info(finding.rule).id},
                                {"file", finding.file},
                                {"line", finding.place.line},
                                {"column", finding.place.column},
                                {"what", info(finding.rule).finds},
                                {"detail", finding.detail}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace pim::data::privacy
