#include "audit/record_json.h"

#include <algorithm>
#include <array>

#include "domain/ids_text.h"
#include "domain/json.h"

namespace pim::audit {

std::string_view to_string(EntryKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"read",   "rejected", "denied",
                                                      "failed", "exported", "audit-read"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view outcome_of(std::uint16_t status) {
  if (status < 400) return "success";
  return status < 500 ? "refused" : "error";
}

void RecordWriter::name(std::string_view name) {
  out_ += first_ ? "{\"" : ",\"";
  first_ = false;
  out_ += name;
  out_ += "\":";
}

void RecordWriter::text(std::string_view field, std::string_view value) {
  if (value.empty()) return;
  name(field);
  append_json_string(out_, value);
}

void RecordWriter::number(std::string_view field, std::uint64_t value) {
  name(field);
  out_ += std::to_string(value);
}

void RecordWriter::time(std::string_view field, UtcMillis value) {
  name(field);
  out_ += '"';
  out_ += value.to_string();
  out_ += '"';
}

void RecordWriter::uuid(std::string_view field, const Uuid& value) {
  name(field);
  out_ += '"';
  append_uuid(out_, value);
  out_ += '"';
}

void RecordWriter::hex(std::string_view field, std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; })) return;
  name(field);
  out_ += '"';
  for (const std::uint8_t byte : bytes) {
    out_ += kDigits[byte >> 4];
    out_ += kDigits[byte & 15];
  }
  out_ += '"';
}

void write_entry(RecordWriter& writer, const Entry& entry) {
  writer.text("kind", to_string(entry.kind));
  writer.time("at", entry.at);
  writer.text("who", entry.user_id);
  writer.text("role", entry.role);
  writer.text("tenant", entry.tenant);
  writer.text("what", entry.operation);
  if (entry.patient) writer.uuid("patient", entry.patient->value);
  writer.text("request_id", entry.request_id);
  writer.hex("trace_id", entry.trace_id);
  writer.hex("span_id", entry.span_id);
  writer.text("outcome", outcome_of(entry.status));
  writer.number("status", entry.status);
  writer.text("rule", entry.rule);
  writer.text("purpose", entry.purpose);
  writer.number("bucket", entry.bucket);
  writer.number("shard", entry.shard);
  writer.number("rows", entry.rows);
  writer.number("latency_us", entry.latency_us);
  writer.text("query", entry.fingerprint);
}

std::string field_pattern(std::string_view name, std::string_view value) {
  std::string pattern = "\"";
  pattern += name;
  pattern += "\":";
  append_json_string(pattern, value);
  return pattern;
}

std::string_view text_field(std::string_view record, std::string_view name) {
  std::string key = "\"";
  key += name;
  key += "\":\"";
  const std::size_t found = record.find(key);
  if (found == std::string_view::npos) return {};
  const std::size_t begin = found + key.size();
  std::size_t end = begin;
  while (end < record.size() && record[end] != '"') end += record[end] == '\\' ? 2 : 1;
  if (end >= record.size()) return {};
  return record.substr(begin, end - begin);
}

}  // namespace pim::audit
