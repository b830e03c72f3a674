// An effect that would outlive this process: its footprint is on record while it is in force, and
// is what undoes it, here as in `pim chaos undo`.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "chaos/fault.h"
#include "chaos/footprint.h"

namespace pim::chaos {

class LastingEffect : public Effect {
 public:
  FaultResult begin() final;
  FaultResult end() final;

 protected:
  explicit LastingEffect(Footprints* footprints) : footprints_(footprints) {}

  // Looks at the target, changes nothing: what will undo it.
  virtual Result<Footprint, FaultError> prepare() = 0;
  virtual FaultResult act(const Footprint& footprint) = 0;
  // Just before it is undone: the last chance to count its hits.
  virtual void look(const Footprint& /*footprint*/) {}

 private:
  Footprints* footprints_;
  std::optional<Footprint> footprint_;  // while it may be in force
  std::string file_;                    // of the footprint
};

// What the footprints of process faults hold.
Footprint process_footprint(std::string_view way, const std::string& target,
                            const ProcessId& process);
// Of such a footprint; pid 0 where it holds none.
ProcessId process_of(const Footprint& footprint);
// Of a field that holds a number; 0 where it does not.
std::uint64_t number_of(const Footprint& footprint, std::string_view field);
const std::string& text_of(const Footprint& footprint, std::string_view field);

}  // namespace pim::chaos
