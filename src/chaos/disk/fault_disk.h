// A disk for one process and its children, that can be made slow, full or broken: a FUSE file
// system over a directory, in a mount namespace of the process's own. Nobody else sees the mount,
// and the kernel takes it away with the last process in it, whatever ended that.
#pragma once

#include <string>

#include "chaos/fault.h"

namespace pim::chaos {

// From here on this process sees `directory` through the disk; a child serves it, listens at the
// socket `control`, and ends with this process (also where it becomes another program). Must be
// called by the main thread. The error says what the machine lacks.
FaultResult enter_fault_disk(const std::string& directory, const std::string& control);

}  // namespace pim::chaos
