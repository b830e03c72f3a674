// Claim 3 as ./lab saw it: the link tests run against the observability stack, which this program
// does not start. docs/formats/links-file.md.
#pragma once

#include <string>
#include <string_view>

#include "cli/prove/claims.h"
#include "domain/result.h"

namespace pim::cli::prove {

// `json` is the file's text. The error says what is wrong with it.
Result<void, std::string> judge_links(std::string_view json, Claim& claim);

}  // namespace pim::cli::prove
