// The ways to restore what a fault left, by their name in a footprint.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "chaos/footprint.h"
#include "domain/result.h"

namespace pim::chaos {

using Restored = Result<void, std::string>;

Restored continue_process(const Footprint& footprint);
Restored start_again(const Footprint& footprint);
Restored leave_cgroup(const Footprint& footprint);
Restored reset_clock(const Footprint& footprint);
Restored drop_table(const Footprint& footprint);
Restored drop_qdisc(const Footprint& footprint);

struct RestoreWay {
  std::string_view name;
  Restored (*restore)(const Footprint& footprint);
};
inline constexpr auto kRestoreWays = std::to_array<RestoreWay>({{"continue", continue_process},
                                                                {"start", start_again},
                                                                {"cgroup", leave_cgroup},
                                                                {"clock", reset_clock},
                                                                {"table", drop_table},
                                                                {"qdisc", drop_qdisc}});

}  // namespace pim::chaos
