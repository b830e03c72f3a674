// Where a process stands among the control groups, and where a group of our own for it may stand.
#pragma once

#include <string>
#include <string_view>

#include "domain/result.h"

namespace pim::chaos {

struct CgroupPlace {
  bool v2 = false;
  std::string current;  // directory of the group that the process is in
  std::string parent;   // directory in which a group of our own is made
};

// From the texts of /proc/self/mountinfo and /proc/PID/cgroup, for `controller` (cpu, memory). With
// version 1 the new group is below the current one, whose limits hold on. Version 2 allows no
// processes beside groups, so it stands beside the current one. The error says what is missing.
Result<CgroupPlace, std::string> cgroup_place(std::string_view mountinfo, std::string_view cgroup,
                                              std::string_view controller);

}  // namespace pim::chaos
