#include "telemetry/trace.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace pim::telemetry {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

template <std::size_t N>
void append_hex(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

template <std::size_t N>
std::string to_hex(const std::array<std::uint8_t, N>& bytes) {
  std::string text;
  text.reserve(2 * N);
  append_hex(text, bytes);
  return text;
}

// Lower-case only, as the specification demands; -1 for anything else.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

template <std::size_t N>
bool from_hex(std::string_view text, std::array<std::uint8_t, N>& bytes) {
  if (text.size() != 2 * N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <std::size_t N>
bool all_zero(const std::array<std::uint8_t, N>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

template <std::size_t N>
void fill_random(std::array<std::uint8_t, N>& bytes) {
  do {
    for (std::size_t i = 0; i < N; i += 8) {
      const std::uint64_t bits = random_bits();
      std::memcpy(bytes.data() + i, &bits, 8);
    }
  } while (all_zero(bytes));
}

}  // namespace

std::uint64_t random_bits() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator();
}

std::optional<TraceContext> TraceContext::parse(std::string_view header) {
  // version "-" 32 digits "-" 16 digits "-" flags; a later version may go on after another dash
  if (header.size() < 55 || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceContext context;
  if (!from_hex(header.substr(0, 2), version) || version[0] == 0xff ||
      !from_hex(header.substr(3, 32), context.trace_id) ||
      !from_hex(header.substr(36, 16), context.span_id) || !from_hex(header.substr(53, 2), flags)) {
    return std::nullopt;
  }
  const bool longer = header.size() > 55;
  if (longer && (version[0] == 0 || header[55] != '-')) return std::nullopt;
  if (all_zero(context.trace_id) || all_zero(context.span_id)) return std::nullopt;
  context.sampled = (flags[0] & 1) != 0;
  return context;
}

TraceContext TraceContext::root() {
  TraceContext context;
  fill_random(context.trace_id);
  fill_random(context.span_id);
  return context;
}

TraceContext TraceContext::child() const {
  TraceContext context = *this;
  fill_random(context.span_id);
  return context;
}

std::string TraceContext::traceparent() const {
  std::string text;
  text.reserve(55);
  append_traceparent(text, *this);
  return text;
}
void append_traceparent(std::string& out, const TraceContext& context) {
  out += "00-";
  append_hex(out, context.trace_id);
  out += '-';
  append_hex(out, context.span_id);
  out += context.sampled ? "-01" : "-00";
}
std::string TraceContext::trace_hex() const { return to_hex(trace_id); }
std::string TraceContext::span_hex() const { return to_hex(span_id); }

}  // namespace pim::telemetry
