// Facilities and providers: who works where, and whom a patient sees. Nothing is stored; all of it
// follows from the index.
#pragma once

#include <cstdint>
#include <vector>

#include "data/generate/code_picker.h"
#include "data/generate/plan.h"
#include "data/generate/quantile_table.h"
#include "data/generate/rows.h"

namespace pim::data::generate {

// Where somebody lives or something stands.
struct Location {
  Word state;
  Word zip3;
};

class Network {
 public:
  explicit Network(const Plan& plan);

  const Areas& areas() const { return areas_; }

  FacilityRow facility(std::uint64_t index) const;
  ProviderRow provider(std::uint64_t index) const;

  // In the state of the area; one in ten somewhere else.
  Location home(std::uint64_t area, Block bits) const;

  // Whom a patient of the area sees. Loads are as skewed as the reference's; nobody waits for a
  // specialist that is not for them.
  struct Seen {
    std::uint64_t provider = 0;  // index
    std::uint64_t facility = 0;
    bool in_hospital = false;
  };
  Seen see(std::uint64_t area, EncounterClass encounter_class, bool child, bool female,
           std::uint32_t bits) const;

 private:
  // Providers of an area are ordered by what they do, and within that by load.
  enum Pool : std::uint8_t { adults, children, specialists, urgent, emergency, ward, kPools };
  struct Post {
    Pool pool = adults;
    std::uint64_t slot = 0;
  };
  static std::uint64_t pool_start(std::uint64_t providers, std::size_t pool);
  static Specialty specialty_of(Post post);
  static bool is_for_women(Post post);
  static std::uint32_t place_of_work(Post post);  // number of the facility within the area
  Location locate(std::size_t state, std::uint32_t bits) const;
  std::size_t state_of_area(std::uint64_t area) const;

  std::uint64_t seed_;
  Areas areas_;
  ShareTable loads_;
  AliasTable states_;
  std::vector<Word> zip3_;  // a thousand; "000" where the area is too small to be told
};

}  // namespace pim::data::generate
