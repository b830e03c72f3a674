// What redeploying both clusters came to, as ./lab saw it: this program starts no Kubernetes.
// docs/formats/cluster-file.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/prove/claims.h"
#include "domain/result.h"

namespace pim::cli::prove {

// `json` is the file's text; its checks go to the claims that they name. The error says what is
// wrong with it, and then nothing was added.
Result<void, std::string> judge_cluster(std::string_view json, std::vector<Claim>& claims);

}  // namespace pim::cli::prove
