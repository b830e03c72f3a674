#include "chaos/clock/clock_fault.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "chaos/clock/clock_page.h"
#include "chaos/lasting_effect.h"
#include "chaos/restore.h"
#include "load/socket.h"

namespace pim::chaos {
namespace {

Result<void, std::string> set_offset(const std::string& file, std::int64_t nanoseconds) {
  auto* const offset = map_clock_page(file.c_str(), 0);
  if (offset == nullptr) return Err{load::system_error("the clock's file " + file, errno)};
  offset->store(nanoseconds);
  ::munmap(offset, sizeof *offset);
  return {};
}

class ClockStep final : public LastingEffect {
 public:
  ClockStep(const Target& target, std::chrono::nanoseconds step, Footprints* footprints)
      : LastingEffect(footprints), target_(target), step_(step) {}

 protected:
  Result<Footprint, FaultError> prepare() override {
    return Footprint{"clock", target_.name, {{"file", target_.clock}}};
  }
  FaultResult act(const Footprint& /*footprint*/) override {
    if (auto set = set_offset(target_.clock, step_.count()); !set) {
      return Err{FaultError{Trouble::usage, std::move(set.error()) +
                                                "; pim-planted makes it: PIM_PLANTED_CLOCK=FILE"}};
    }
    return {};
  }

 private:
  const Target target_;
  const std::chrono::nanoseconds step_;
};

}  // namespace

std::unique_ptr<Effect> make_clock_step(const FaultOrder& order) {
  return std::make_unique<ClockStep>(order.target, order.parameters.duration("step"),
                                     order.footprints);
}

Restored reset_clock(const Footprint& footprint) {
  const auto& file = text_of(footprint, "file");
  if (::access(file.c_str(), F_OK) != 0) return {};  // its process has nothing to read any more
  return set_offset(file, 0);
}

}  // namespace pim::chaos
