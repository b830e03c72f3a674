// Bearer tokens: JWTs (RFC 7519) checked as RFC 8725 advises.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/keys.h"
#include "api/roles.h"
#include "domain/result.h"
#include "domain/text.h"

namespace pim::api {

inline constexpr std::size_t kMaxTokenBytes = 4096;
inline constexpr std::size_t kMaxTenants = 8;
inline constexpr std::int64_t kClockLeeway = 30;  // seconds

// Who calls, as the token says.
struct Principal {
  std::string user;  // 1 to 64 characters of [A-Za-z0-9._@-]
  Role role = Role::auditor;
  std::vector<TenantId> tenants;  // 1 to 8, each once
  std::int64_t expires = 0;       // Unix seconds
};

// Why a token is refused: a label of the metric of denials and the answer's detail.
enum class TokenFault : std::uint8_t {
  missing,        // no Authorization header
  not_bearer,     // another scheme, or more than one token
  too_long,       // over 4 KiB
  malformed,      // not three base64url parts
  bad_header,     // the header is not a JSON object of alg, kid and typ
  bad_type,       // typ is not JWT
  unknown_key,    // no such kid
  bad_algorithm,  // alg is not the key's
  bad_signature,
  bad_claims,  // the payload is not a JSON object, or a claim is missing or of a wrong type
  bad_issuer,
  bad_audience,
  expired,
  not_yet_valid,
  bad_subject,
  bad_role,
  bad_tenants,
};
std::string_view to_string(TokenFault fault);  // `bad-signature`
std::string_view describe(TokenFault fault);   // a sentence

struct TokenPolicy {
  std::string issuer;
  std::string audience;
};

// Thread-safe.
class TokenVerifier {
 public:
  TokenVerifier(KeySet keys, TokenPolicy policy)
      : keys_(std::move(keys)), policy_(std::move(policy)) {}

  // `now` in Unix seconds.
  Result<Principal, TokenFault> verify(std::string_view token, std::int64_t now) const;

 private:
  KeySet keys_;
  TokenPolicy policy_;
};

// The user ids that tokens may carry.
bool is_user_id(std::string_view text);

}  // namespace pim::api
