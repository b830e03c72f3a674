// The wire format of protocol buffers, as far as a profile needs it.
// Source: https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pim::telemetry {

class ProtobufWriter {
 public:
  // A varint field; zero is left out, being what an absent field means.
  ProtobufWriter& number(unsigned field, std::uint64_t value) {
    if (value == 0) return *this;
    tag(field, 0);
    varint(value);
    return *this;
  }
  // A string, bytes, or a message.
  ProtobufWriter& bytes(unsigned field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    out_ += value;
    return *this;
  }
  ProtobufWriter& message(unsigned field, const ProtobufWriter& value) {
    return bytes(field, value.out_);
  }
  template <class Range>
  ProtobufWriter& packed(unsigned field, const Range& values) {
    ProtobufWriter list;
    for (const std::uint64_t value : values) list.varint(value);
    return bytes(field, list.out_);
  }

  const std::string& str() const { return out_; }

 private:
  void tag(unsigned field, unsigned type) { varint(field << 3U | type); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_ += static_cast<char>((value & 0x7FU) | 0x80U);
    out_ += static_cast<char>(value);
  }

  std::string out_;
};

}  // namespace pim::telemetry
