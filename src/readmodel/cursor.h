// Cursors: where a page ended, as one opaque word of base64url. A cursor names its query and what
// the query was about, and is refused by any other one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.h"

namespace pim::readmodel {

enum class CursorTag : std::uint8_t {
  chart = 1,
  timeline = 2,
  bills = 3,
  provider_encounters = 4,
  census = 5,
  day_encounters = 6,
  code_frequency = 7,
  audit_search = 8,
};

// Appends fixed-width, big-endian fields.
class CursorWriter {
 public:
  // `subject`: what the query was about, such as a patient's id or a day.
  CursorWriter(CursorTag tag, std::string_view subject) : tag_(tag), subject_(subject) {}
  CursorWriter& number(std::uint64_t value);
  CursorWriter& uuid(const Uuid& id);
  CursorWriter& text(std::string_view value);  // at most 255 bytes
  std::string finish() const;

 private:
  CursorTag tag_;
  std::string subject_;
  std::string payload_;
};

// Takes the fields out again, in the same order.
class CursorReader {
 public:
  // nullopt: not a cursor of this query about this subject.
  static std::optional<CursorReader> open(CursorTag tag, std::string_view subject,
                                          std::string_view cursor);
  std::uint64_t number();
  Uuid uuid();
  std::string text();
  // True where exactly the fields that were there have been taken.
  bool complete() const { return intact_ && taken_ == payload_.size(); }

 private:
  std::string_view take(std::size_t bytes);

  std::string payload_;
  std::size_t taken_ = 0;
  bool intact_ = true;
};

}  // namespace pim::readmodel
