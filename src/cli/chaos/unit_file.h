// A unit file: one process under test, how it is started, and where faults can be done to it. TOML;
// docs/formats/unit-file.md.
#pragma once

#include <string>
#include <string_view>

#include "chaos/target.h"
#include "domain/result.h"

namespace pim::cli::chaos {

// `path` is for messages. Relative paths are taken from `directory`. The error names line and key.
Result<pim::chaos::Target, std::string> parse_unit(std::string_view text, const std::string& path,
                                                   const std::string& directory);

}  // namespace pim::cli::chaos
