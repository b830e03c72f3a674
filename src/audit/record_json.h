// The one form of an audit record, of an event or of a journal entry: a flat JSON object whose
// field names are those of docs/formats/audit-record.md. Never a value, only ids, names and hashes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "audit/journal.h"
#include "domain/ids.h"

namespace pim::audit {

std::string_view to_string(EntryKind kind);

// "success" below 400, "refused" below 500, else "error".
std::string_view outcome_of(std::uint16_t status);

// Writes fields in the order of the calls. Empty texts are left out.
class RecordWriter {
 public:
  explicit RecordWriter(std::string& out) : out_(out) {}
  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::uint64_t value);
  void time(std::string_view name, UtcMillis value);
  void uuid(std::string_view name, const Uuid& value);
  void hex(std::string_view name, std::span<const std::uint8_t> bytes);  // left out where all zero
  void close() { out_ += '}'; }

 private:
  void name(std::string_view name);

  std::string& out_;
  bool first_ = true;
};

// The entry's fields, but for what its place in a journal adds (seq, prev, hash).
void write_entry(RecordWriter& writer, const Entry& entry);

// What a record must contain for its field to have that value: `"who":"alice"`. Exact, since a
// quote within a value is always escaped.
std::string field_pattern(std::string_view name, std::string_view value);

// The value of a text field of a record, as written (still escaped); empty where it has none.
std::string_view text_field(std::string_view record, std::string_view name);

}  // namespace pim::audit
