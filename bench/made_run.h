// A synthetic run of any length: the history that its clients would have kept, and the export of
// the store that kept its word.
#pragma once

#include <cstdint>
#include <string>

#include "domain/result.h"

namespace pim::bench {

// At least `operations` calls, of which `reads_percent` are charts; of the commands one in ten is
// decided on a provider, one in fifty is sent twice. A stream has about 50 events; 256 calls are
// under way. Returns the number of commands: all are acknowledged.
Result<std::uint64_t, std::string> make_run(std::uint64_t operations, unsigned reads_percent,
                                            const std::string& history_file,
                                            const std::string& export_file);

}  // namespace pim::bench
