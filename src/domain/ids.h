// Identifiers. A stream's id (a patient's, a provider's or a facility's) is also its routing id.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pim {

// 128 bits, written in the canonical lower-case 8-4-4-4-12 form of RFC 9562.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // Accepts exactly the canonical 36-character form, in either case.
  static std::optional<Uuid> parse(std::string_view text);
  std::string to_string() const;
  bool is_nil() const { return *this == Uuid{}; }
  auto operator<=>(const Uuid&) const = default;
};

// UUIDv7 (RFC 9562, 5.7) from a time in Unix milliseconds and 74 random bits (the low bits of both
// words are used). Pure: the caller owns the clock and the randomness.
Uuid uuid_v7(std::int64_t unix_ms, std::uint64_t random_hi, std::uint64_t random_lo);

// A Uuid that says what it names; two kinds never compare or convert.
template <class Tag>
struct Id {
  Uuid value;

  static std::optional<Id> parse(std::string_view text) {
    auto uuid = Uuid::parse(text);
    if (!uuid) return std::nullopt;
    return Id{*uuid};
  }
  std::string to_string() const { return value.to_string(); }
  auto operator<=>(const Id&) const = default;
};

using PatientId = Id<struct PatientTag>;
using ProviderId = Id<struct ProviderTag>;
using FacilityId = Id<struct FacilityTag>;
using EncounterId = Id<struct EncounterTag>;
using DiagnosisId = Id<struct DiagnosisTag>;
using ProcedureId = Id<struct ProcedureTag>;
using MedicationId = Id<struct MedicationTag>;
using BillId = Id<struct BillTag>;
using EventId = Id<struct EventTag>;
using NodeId = Id<struct NodeTag>;
// A patient's, provider's or facility's id, as the unit of routing, ordering and versioning.
using StreamId = Id<struct StreamTag>;

enum class StreamKind : std::uint8_t { patient = 1, provider = 2, facility = 3 };
std::string_view to_string(StreamKind kind);
std::optional<StreamKind> parse_stream_kind(std::string_view text);

// The number of events in a stream; 0 is a stream that does not exist.
using Version = std::uint64_t;

// UTC, milliseconds since the Unix epoch. On the wire: RFC 3339 with milliseconds and `Z`.
struct UtcMillis {
  std::int64_t value = 0;

  // Accepts `YYYY-MM-DDTHH:MM:SS[.fraction](Z|+hh:mm|-hh:mm)`, years 1900 to 2199; digits below
  // the millisecond are refused rather than dropped.
  static std::optional<UtcMillis> parse(std::string_view text);
  std::string to_string() const;
  auto operator<=>(const UtcMillis&) const = default;
};

struct UuidHash {
  std::size_t operator()(const Uuid& id) const noexcept {
    std::uint64_t words[2];
    std::memcpy(words, id.bytes.data(), sizeof words);
    return static_cast<std::size_t>((words[0] * 0x9E3779B97F4A7C15ULL) ^ words[1]);
  }
};

}  // namespace pim

template <class Tag>
struct std::hash<pim::Id<Tag>> {
  std::size_t operator()(const pim::Id<Tag>& id) const noexcept {
    return pim::UuidHash{}(id.value);
  }
};
template <>
struct std::hash<pim::Uuid> : pim::UuidHash {};
