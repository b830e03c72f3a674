#include "load/reference_data.h"

#include <array>
#include <cstdio>

#include "domain/codes.h"
#include "domain/enums.h"
#include "load/dice.h"

namespace pim::load {
namespace {

// Where entities of a workload are told apart in the seed's space.
constexpr std::uint64_t kFacility = 0xFAC;
constexpr std::uint64_t kProvider = 0x960;

constexpr auto kDiagnoses = std::to_array<std::string_view>(
    {"I10",     "E11.9",    "E78.5", "J06.9",  "Z00.00", "M54.50", "J45.909", "F41.1",
     "K21.9",   "N39.0",    "E66.9", "J20.9",  "R51.9",  "J02.9",  "F32.9",   "M25.561",
     "I25.10",  "E03.9",    "R07.9", "L30.9",  "J18.9",  "D64.9",  "N18.30",  "I48.91",
     "G43.909", "S93.401A", "R10.9", "H66.90", "B34.9",  "J44.9"});
constexpr auto kHcpcs = std::to_array<std::string_view>(
    {"G0438", "G0439", "G0008", "G0009", "G0103", "J1100", "J0696", "J1885", "J3420", "G0101",
     "A4550", "E0114", "Q0091", "G0180", "J2001", "A6402", "G0444", "J7030", "E0100", "Q2037"});
constexpr auto kPcs = std::to_array<std::string_view>(
    {"0DTJ4ZZ", "02703ZZ", "0SR90JZ", "10D00Z1", "0FT44ZZ", "5A1935Z", "3E0G76Z", "B2111ZZ"});
constexpr auto kDrugs = std::to_array<std::string_view>(
    {"860975", "314076", "197361", "617312", "308136", "310798", "197380", "312938", "745679",
     "856987", "308182", "198440", "313782", "259255", "866924", "200031"});

constexpr auto kStates = std::to_array<std::string_view>({"OH", "TX", "CA", "NY", "FL", "WA"});
constexpr auto kZips = std::to_array<std::string_view>({"432", "750", "900", "100", "331", "981"});

Uuid id_at(std::uint64_t seed, std::uint64_t entity, std::uint64_t index, std::int64_t millis) {
  Dice dice(seed, entity, index);
  const auto high = dice.next();
  return uuid_v7(millis, high, dice.next());
}

std::string numbered(const char* prefix, std::uint32_t number) {
  char text[16];
  std::snprintf(text, sizeof text, "%s-%06u", prefix, number % 1'000'000);
  return text;
}

PreparedCommand command(std::string_view name, std::string path, std::string body,
                        const Uuid& request_id, const Uuid& routing_id) {
  return {name,       "POST",      std::move(path), std::move(body), request_id.to_string(),
          routing_id, std::nullopt};
}

}  // namespace

std::span<const std::string_view> diagnosis_codes() { return kDiagnoses; }
std::span<const std::string_view> hcpcs_codes() { return kHcpcs; }
std::span<const std::string_view> inpatient_procedures() { return kPcs; }
std::span<const std::string_view> drug_codes() { return kDrugs; }

ReferenceData::ReferenceData(std::uint64_t seed, UtcMillis start, std::uint32_t facilities,
                             std::uint32_t providers) {
  std::vector<Uuid> ids;
  for (std::uint32_t i = 0; i < facilities; ++i) {
    Dice dice(seed, kFacility + 1, i);
    const auto place = dice.below(kStates.size());
    const Uuid id = id_at(seed, kFacility, i, start.value);
    const auto kind = i % 2 == 0 ? FacilityKind::hospital : FacilityKind::clinic;
    std::string body = R"({"facility_id":")" + id.to_string() + R"(","npi":")" +
                       std::to_string(synthetic_npi(50'000'000 + i)) + R"(","alias":")" +
                       numbered("FAC", i + 1) + R"(","kind":")" + std::string(name_of(kind)) +
                       R"(","state":")" + std::string(kStates[place]) + R"(","zip3":")" +
                       std::string(kZips[place]) + R"(","beds":)" +
                       std::to_string(dice.between(10, 600)) + "}";
    setup_.push_back(command("register-facility", "/v1/facilities", std::move(body),
                             id_at(seed, kFacility + 2, i, start.value), id));
    facilities_.push_back(id.to_string());
  }
  for (std::uint32_t i = 0; i < providers; ++i) {
    Dice dice(seed, kProvider + 1, i);
    const Uuid id = id_at(seed, kProvider, i, start.value);
    const auto specialty = static_cast<Specialty>(dice.below(enum_names<Specialty>.size()));
    std::string body = R"({"provider_id":")" + id.to_string() + R"(","npi":")" +
                       std::to_string(synthetic_npi(i)) + R"(","alias":")" +
                       numbered("PRV", i + 1) + R"(","specialty":")" +
                       std::string(name_of(specialty)) + R"(","facility_id":")" +
                       facilities_[i % facilities] + R"("})";
    setup_.push_back(command("register-provider", "/v1/providers", std::move(body),
                             id_at(seed, kProvider + 2, i, start.value), id));
    providers_.push_back(id.to_string());
  }
}

}  // namespace pim::load
