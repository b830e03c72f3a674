// The providers and facilities that synthetic traffic refers to, and small synthetic code lists.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.h"
#include "load/prepared_command.h"

namespace pim::load {

// Everything of it follows from the seed.
class ReferenceData {
 public:
  // facilities >= 2 (transfers go elsewhere), providers >= 1. `start`: the time in the ids.
  ReferenceData(std::uint64_t seed, UtcMillis start, std::uint32_t facilities,
                std::uint32_t providers);

  // The ids as text, as bodies want them.
  const std::string& facility(std::size_t index) const { return facilities_[index]; }
  const std::string& provider(std::size_t index) const { return providers_[index]; }
  std::size_t facilities() const { return facilities_.size(); }
  std::size_t providers() const { return providers_.size(); }
  // What must be accepted before any traffic, in this order. Sending it again is harmless: the
  // request ids are the same.
  const std::vector<PreparedCommand>& setup() const { return setup_; }

 private:
  std::vector<std::string> facilities_;
  std::vector<std::string> providers_;
  std::vector<PreparedCommand> setup_;
};

std::span<const std::string_view> diagnosis_codes();       // ICD-10-CM
std::span<const std::string_view> hcpcs_codes();           // HCPCS Level II
std::span<const std::string_view> inpatient_procedures();  // ICD-10-PCS
std::span<const std::string_view> drug_codes();            // RxNorm

}  // namespace pim::load
