#include "readmodel/cursor.h"

#include <cstring>

#include "store/digest.h"

namespace pim::readmodel {
namespace {

// version, tag, payload, check: the first bytes of a digest over the others and the subject. It
// keeps a cursor from wandering into another query; it is no secret, and guards nothing.
constexpr char kVersion = 1;
constexpr std::size_t kCheckBytes = 6;
constexpr std::size_t kMaxCursor = 512;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    held += 8;
    for (; held >= 6; held -= 6) text += kAlphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) text += kAlphabet[(bits << (6 - held)) & 63];
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> held) & 255);
    }
  }
  // One text for each cursor: no dangling digit, no stray bits.
  if (held >= 6 || (bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string check_of(std::string_view body, std::string_view subject) {
  std::string input(body);
  input += '\0';
  input += subject;
  const store::Digest digest = store::sha256(input);
  return {reinterpret_cast<const char*>(digest.bytes.data()), kCheckBytes};
}

}  // namespace

CursorWriter& CursorWriter::number(std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) payload_ += static_cast<char>(value >> shift);
  return *this;
}

CursorWriter& CursorWriter::uuid(const Uuid& id) {
  payload_.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  return *this;
}

CursorWriter& CursorWriter::text(std::string_view value) {
  const std::string_view kept = value.substr(0, 255);
  payload_ += static_cast<char>(kept.size());
  payload_ += kept;
  return *this;
}

std::string CursorWriter::finish() const {
  std::string body{kVersion, static_cast<char>(tag_)};
  body += payload_;
  return encode(body + check_of(body, subject_));
}

std::optional<CursorReader> CursorReader::open(CursorTag tag, std::string_view subject,
                                               std::string_view cursor) {
  if (cursor.size() > kMaxCursor) return std::nullopt;
  const auto bytes = decode(cursor);
  if (!bytes || bytes->size() < 2 + kCheckBytes) return std::nullopt;
  const std::string_view body(bytes->data(), bytes->size() - kCheckBytes);
  if (body[0] != kVersion || body[1] != static_cast<char>(tag)) return std::nullopt;
  if (std::string_view(*bytes).substr(body.size()) != check_of(body, subject)) return std::nullopt;
  CursorReader reader;
  reader.payload_ = body.substr(2);
  return reader;
}

std::string_view CursorReader::take(std::size_t bytes) {
  if (taken_ + bytes > payload_.size()) {
    intact_ = false;
    return {};
  }
  taken_ += bytes;
  return std::string_view(payload_).substr(taken_ - bytes, bytes);
}

std::uint64_t CursorReader::number() {
  std::uint64_t value = 0;
  for (const char c : take(8)) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

Uuid CursorReader::uuid() {
  Uuid id;
  const std::string_view bytes = take(id.bytes.size());
  if (!bytes.empty()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

std::string CursorReader::text() {
  const std::string_view size = take(1);
  if (size.empty()) return {};
  return std::string(take(static_cast<unsigned char>(size[0])));
}

}  // namespace pim::readmodel
