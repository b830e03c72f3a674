#include "data/import_report.h"

#include <string_view>
#include <utility>

#include "domain/json.h"

namespace pim::data {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

void append_counts(std::string& out, std::string_view name, const Counts& counts) {
  out.append(",\"").append(name).append("\":{");
  bool first = true;
  for (const auto& [column, count] : counts) {
    if (!std::exchange(first, false)) out += ',';
    append_json_string(out, column);
    out += ":" + std::to_string(count);
  }
  out += '}';
}

void append_number(std::string& out, std::string_view name, std::uint64_t value) {
  out.append("\"").append(name).append("\":").append(std::to_string(value));
}

}  // namespace

void ImportReport::refuse(Refusal refusal) {
  ++refused;
  if (refusals.size() < kMaxRefusals) refusals.push_back(std::move(refusal));
}

std::string to_json(const ImportReport& report) {
  std::string out = "{";
  const std::pair<std::string_view, std::uint64_t> counts[] = {
      {"rows", report.rows},         {"commands", report.commands}, {"accepted", report.accepted},
      {"replayed", report.replayed}, {"refused", report.refused},
  };
  for (const auto& [name, value] : counts) {
    append_number(out, name, value);
    out += ',';
  }
  out += "\"dry_run\":" + std::string(report.dry_run ? "true" : "false");
  out += ",\"stopped\":" + std::string(report.stopped ? "true" : "false");
  append_counts(out, "identifiers_dropped", report.identifiers_dropped);
  append_counts(out, "identifiers_replaced", report.identifiers_replaced);
  out += ",\"notes\":[";
  bool first = true;
  for (const auto& note : report.notes) {
    if (!std::exchange(first, false)) out += ',';
    append_json_string(out, note);
  }
  out += "],\"refusals\":[";
  first = true;
  for (const auto& refusal : report.refusals) {
    if (!std::exchange(first, false)) out += ',';
    out += "{\"file\":";
    append_json_string(out, refusal.file);
    out += ',';
    append_number(out, "line", refusal.place.line);
    out += ',';
    append_number(out, "column", refusal.place.column);
    out += ",\"reason\":";
    append_json_string(out, refusal.reason);
    out += '}';
  }
  return out + "]}";
}

std::string to_text(const ImportReport& report) {
  std::string out;
  for (const auto& note : report.notes) out += "note: " + note + "\n";
  for (const auto& refusal : report.refusals) {
    out += refusal.file + ":" + std::to_string(refusal.place.line) + ":" +
           std::to_string(refusal.place.column) + ": " + refusal.reason + "\n";
  }
  if (report.refused > report.refusals.size()) {
    out += "... and " + std::to_string(report.refused - report.refusals.size()) + " more\n";
  }
  out += std::to_string(report.rows) + " rows, " + std::to_string(report.commands) + " commands: ";
  if (report.dry_run) {
    out += "none sent (dry run)";
  } else {
    out += std::to_string(report.accepted) + " accepted, " + std::to_string(report.replayed) +
           " accepted by an earlier run";
  }
  out += ", " + std::to_string(report.refused) + " refused\n";
  if (report.stopped) out += "stopped at the first refusal (--strict)\n";
  for (const auto& [column, count] : report.identifiers_dropped) {
    out += "identifier dropped: " + column + " (" + std::to_string(count) + " values)\n";
  }
  for (const auto& [column, count] : report.identifiers_replaced) {
    out += "identifier replaced by a pseudonym: " + column + " (" + std::to_string(count) +
           " values)\n";
  }
  return out;
}

}  // namespace pim::data
