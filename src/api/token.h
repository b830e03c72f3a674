// Making tokens for the lab (`pim token`): HS256 with a key of the keys file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/keys.h"
#include "api/roles.h"
#include "domain/result.h"

namespace pim::api {

struct TokenRequest {
  std::string kid;  // empty: the first HS256 key
  std::string user;
  std::string role;
  std::vector<std::string> tenants;
  std::string issuer = "pim-lab";
  std::string audience = "pim";
  std::int64_t issued_at = 0;         // Unix seconds
  std::int64_t lifetime_seconds = 0;  // 1 to 366 days
};

// Refuses what the server would refuse, with the reason.
Result<std::string, std::string> sign_token(const KeySet& keys, const TokenRequest& request);

}  // namespace pim::api
