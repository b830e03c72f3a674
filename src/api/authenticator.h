// From an Authorization header to a caller.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/jwt.h"
#include "api/known_headers.h"
#include "api/token_cache.h"
#include "domain/result.h"

namespace pim::api {

// Thread-safe.
class Authenticator {
 public:
  explicit Authenticator(TokenVerifier verifier) : verifier_(std::move(verifier)) {}

  // `now` in Unix seconds.
  Result<std::shared_ptr<const Principal>, TokenFault> authenticate(const KnownHeaders& headers,
                                                                    std::int64_t now);
  std::size_t cached() const { return cache_.size(); }

 private:
  static constexpr std::size_t kCachedTokens = 10'000;

  const TokenVerifier verifier_;
  TokenCache cache_{kCachedTokens};
};

// The value of WWW-Authenticate that goes with a fault (RFC 6750).
std::string challenge(TokenFault fault);

}  // namespace pim::api
