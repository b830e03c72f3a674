#include "load/history/history.h"

#include <openssl/sha.h>
#include <xxhash.h>

#include <array>
#include <charconv>

namespace pim::load {
namespace {

void append_framed(std::string& out, std::string_view part) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out += static_cast<char>((std::uint64_t{part.size()} >> shift) & 0xffU);
  }
  out += part;
}

// Decimal digits up to `.` or the end.
template <class Number>
bool take_part(std::string_view& text, bool last, Number& number) {
  const auto dot = text.find('.');
  if (last != (dot == std::string_view::npos)) return false;
  const auto digits = text.substr(0, dot);
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || stop != end) return false;
  text.remove_prefix(last ? text.size() : dot + 1);
  return true;
}

}  // namespace

std::string_view to_string(CallKind kind) { return kind == CallKind::command ? "command" : "read"; }

std::string_view to_string(CallOutcome outcome) {
  constexpr std::array<std::string_view, 3> kOutcomes = {"ok", "fail", "info"};
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

Position Position::parse(std::string_view text) {
  Position position;
  if (take_part(text, false, position.bucket) && take_part(text, false, position.epoch) &&
      take_part(text, true, position.position)) {
    return position;
  }
  return {};
}

std::string Position::to_string() const {
  if (position == 0) return "-";
  return std::to_string(bucket) + '.' + std::to_string(epoch) + '.' + std::to_string(position);
}

std::uint64_t request_fingerprint(std::string_view method, std::string_view target,
                                  std::string_view body, Version if_match) {
  std::string input;
  input.reserve(method.size() + target.size() + body.size() + 64);
  append_framed(input, method);
  append_framed(input, target);
  append_framed(input, body);
  append_framed(input, if_match == 0 ? std::string() : '"' + std::to_string(if_match) + '"');
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
  std::uint64_t fingerprint = 0;
  for (std::size_t i = 0; i < sizeof fingerprint; ++i) {
    fingerprint = fingerprint << 8U | digest[i];
  }
  return fingerprint;
}

std::uint64_t answer_fingerprint(std::string_view body) {
  if (body.starts_with(R"({"patient":)")) body = body.substr(0, body.rfind(']'));
  const auto hash = XXH3_64bits(body.data(), body.size());
  return hash == 0 ? 1 : hash;
}

CallOutcome outcome_of(int status, std::string_view body) {
  if (status >= 200 && status < 300) return CallOutcome::ok;
  const bool not_applied =
      status == 507 || (status >= 500 && body.find(R"("outcome":"not-applied")") != body.npos);
  return status < 500 || not_applied ? CallOutcome::fail : CallOutcome::info;
}

std::string_view problem_of(std::string_view body) {
  constexpr std::string_view kBefore = R"("type":"urn:pim:problem:)";
  const auto at = body.find(kBefore);
  if (at == body.npos) return {};
  const auto name = body.substr(at + kBefore.size());
  return name.substr(0, name.find('"'));
}

}  // namespace pim::load
