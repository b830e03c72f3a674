#include "api/token.h"

#include <openssl/hmac.h>

#include <array>

#include "api/base64url.h"
#include "api/jwt.h"
#include "domain/json.h"

namespace pim::api {
namespace {

std::string claims_of(const TokenRequest& request) {
  std::string json = "{\"iss\":";
  append_json_string(json, request.issuer);
  json += ",\"aud\":";
  append_json_string(json, request.audience);
  json += ",\"sub\":";
  append_json_string(json, request.user);
  json += ",\"role\":";
  append_json_string(json, request.role);
  json += ",\"tenants\":[";
  for (bool first = true; const auto& tenant : request.tenants) {
    if (!first) json += ',';
    first = false;
    append_json_string(json, tenant);
  }
  json += "],\"iat\":" + std::to_string(request.issued_at);
  json += ",\"nbf\":" + std::to_string(request.issued_at);
  json += ",\"exp\":" + std::to_string(request.issued_at + request.lifetime_seconds) + "}";
  return json;
}

}  // namespace

Result<std::string, std::string> sign_token(const KeySet& keys, const TokenRequest& request) {
  constexpr std::int64_t kLongest = 366 * 86400;
  const TokenKey* key = request.kid.empty() ? keys.signing_key() : keys.find(request.kid);
  if (key == nullptr || key->algorithm != TokenAlgorithm::hs256) {
    return Err{std::string("the keys file has no such HS256 key to sign with")};
  }
  if (!is_user_id(request.user)) {
    return Err{std::string("the user must be 1 to 64 characters of A-Z a-z 0-9 . _ @ -")};
  }
  if (!parse_role(request.role)) {
    return Err{"'" + request.role +
               "' is no role: registrar, clinician, biller, auditor, operator, loadgen"};
  }
  if (request.tenants.empty() || request.tenants.size() > kMaxTenants) {
    return Err{std::string("a token carries 1 to 8 tenants")};
  }
  for (const auto& tenant : request.tenants) {
    if (!TenantId::parse(tenant)) {
      return Err{"'" + tenant + "' is not " + std::string(TenantId::hint())};
    }
  }
  if (request.lifetime_seconds < 1 || request.lifetime_seconds > kLongest) {
    return Err{std::string("a token lives 1 second to 366 days")};
  }
  std::string token =
      base64url_encode(R"({"alg":"HS256","kid":")" + key->kid + R"(","typ":"JWT"})") + '.' +
      base64url_encode(claims_of(request));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key->secret.data(), static_cast<int>(key->secret.size()),
           reinterpret_cast<const unsigned char*>(token.data()), token.size(), mac.data(),
           &size) == nullptr) {
    return Err{std::string("OpenSSL could not sign")};
  }
  token += '.';
  token += base64url_encode({reinterpret_cast<const char*>(mac.data()), size});
  return token;
}

}  // namespace pim::api
