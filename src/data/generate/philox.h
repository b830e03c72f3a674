// Philox2x64-10 of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3"
// (SC 2011): a keyed bijection of 128-bit counters. So a value is a function of (seed, place), and
// no value needs the one before it.
#pragma once

#include <cstdint>

namespace pim::data::generate {

struct Block {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

inline Block philox(std::uint64_t key, Block counter) {
  constexpr std::uint64_t kMultiplier = 0xD2B74407B1CE6E93;
  constexpr std::uint64_t kWeyl = 0x9E3779B97F4A7C15;
  for (int round = 0; round < 10; ++round) {
    const auto product = static_cast<unsigned __int128>(kMultiplier) * counter.first;
    counter = {static_cast<std::uint64_t>(product >> 64) ^ key ^ counter.second,
               static_cast<std::uint64_t>(product)};
    key += kWeyl;
  }
  return counter;
}

// What a block of random bits is for.
enum class Purpose : std::uint8_t {
  facility_id,
  provider_id,
  patient_id,
  encounter_id,
  diagnosis_id,
  procedure_id,
  medication_id,
  bill_id,
  charge_id,
  facility,
  patient,
  visit,
  encounter,
  diagnosis,
  procedure,
  medication,
  request_key,
  card,
  stay,
};

// The bits of one place: a patient (or facility, or provider), an encounter of it, a child of that.
inline Block draw(std::uint64_t seed, Purpose purpose, std::uint64_t index,
                  std::uint32_t encounter = 0, std::uint32_t child = 0, std::uint8_t part = 0) {
  return philox(seed, {index, static_cast<std::uint64_t>(purpose) << 56 |
                                  static_cast<std::uint64_t>(encounter) << 24 |
                                  static_cast<std::uint64_t>(child & 0xFFFF) << 8 | part});
}

inline std::uint32_t high(std::uint64_t bits) { return static_cast<std::uint32_t>(bits >> 32); }
inline std::uint32_t low(std::uint64_t bits) { return static_cast<std::uint32_t>(bits); }

// 0 to n - 1, from 32 random bits.
inline std::uint32_t below(std::uint32_t n, std::uint32_t bits) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(n) * bits >> 32);
}
// True in `percent` of all cases.
inline bool chance(std::uint32_t percent, std::uint32_t bits) { return below(100, bits) < percent; }

}  // namespace pim::data::generate
