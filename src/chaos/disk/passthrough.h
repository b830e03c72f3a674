// A file system whose files are those of another directory, by libfuse; each operation asks the
// rules first. A file that was removed while it is open can be read and written, but not asked for
// its attributes.
#pragma once

#include <functional>
#include <string>

#include "chaos/disk/disk_rules.h"
#include "domain/result.h"

namespace pim::chaos {

// `fuse` is an open /dev/fuse that is mounted already, `root` an open directory: the files. Calls
// `ready` and answers until it is unmounted.
Result<void, std::string> serve_passthrough(int fuse, int root, DiskRules& rules,
                                            const std::function<void()>& ready);

}  // namespace pim::chaos
