// What is to be generated. Two plans that are equal give the same bytes, in one version.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pim::data::generate {

struct Plan {
  std::uint64_t patients = 1000;
  std::uint64_t seed = 1;
  std::int64_t from_day = 16'801;  // days since 1970: 2016-01-01
  std::int64_t to_day = 20'454;    // the first day after: 2026-01-01
  std::uint64_t hot_patients = 0;  // spread evenly over all
  std::uint32_t hot_encounters = 10'000;
  double skew = 1;  // of encounters a patient, 0 to 2; 0: all have the median, 1: the reference
  bool operator==(const Plan&) const = default;
};

// Goes up when equal plans give other bytes than before.
inline constexpr std::uint32_t kGeneratorVersion = 2;

// What keeps a plan from being generated; empty where nothing does.
std::string problem_of(const Plan& plan);

// The command line that makes it, without --threads, --out: what the manifest names as generator.
std::string command_of(const Plan& plan, std::string_view format);

// How many there are of each, and who is near whom: patients see providers of their own area, which
// work at its facilities.
class Areas {
 public:
  static constexpr std::uint32_t kFacilities = 20;  // an area

  explicit Areas(std::uint64_t patients);

  std::uint64_t providers() const { return providers_; }
  std::uint64_t facilities() const { return areas_ * kFacilities; }
  std::uint64_t areas() const { return areas_; }
  std::uint64_t area_of_provider(std::uint64_t provider) const;
  std::uint64_t first_provider(std::uint64_t area) const {
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(providers_) * area / areas_);
  }

 private:
  std::uint64_t providers_;
  std::uint64_t areas_;
};

}  // namespace pim::data::generate
