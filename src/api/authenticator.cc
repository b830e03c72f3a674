#include "api/authenticator.h"

#include "api/ascii.h"

namespace pim::api {

Result<std::shared_ptr<const Principal>, TokenFault> Authenticator::authenticate(
    const KnownHeaders& headers, std::int64_t now) {
  constexpr std::string_view kScheme = "bearer ";
  if (!headers.has(KnownHeader::authorization)) return Err{TokenFault::missing};
  const auto value = headers[KnownHeader::authorization];
  if (!equals_ignoring_case(value.substr(0, kScheme.size()), kScheme)) {
    return Err{TokenFault::not_bearer};
  }
  const auto token = trim(value.substr(kScheme.size()));
  if (token.empty() || token.find_first_of(" \t,") != std::string_view::npos) {
    return Err{TokenFault::not_bearer};
  }
  if (token.size() > kMaxTokenBytes) return Err{TokenFault::too_long};
  const store::Digest digest = store::sha256(token);
  if (auto known = cache_.find(digest, now)) return known;
  auto verified = verifier_.verify(token, now);
  if (!verified) return Err{verified.error()};
  auto principal = std::make_shared<const Principal>(std::move(*verified));
  cache_.insert(digest, principal);
  return principal;
}

std::string challenge(TokenFault fault) {
  std::string value = "Bearer realm=\"pim\"";
  if (fault != TokenFault::missing) {
    value += ", error=\"invalid_token\", error_description=\"";
    value += describe(fault);
    value += '"';
  }
  return value;
}

}  // namespace pim::api
