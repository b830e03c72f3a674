#include "api/jwt.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>

#include "api/ascii.h"
#include "api/base64url.h"
#include "api/json_members.h"

namespace pim::api {
namespace {

using Element = simdjson::dom::element;

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header.payload
};

std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool hmac_matches(const std::string& secret, std::string_view text, std::string_view signature) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text),
           text.size(), mac.data(), &size) == nullptr) {
    return false;
  }
  return signature.size() == size && CRYPTO_memcmp(mac.data(), signature.data(), size) == 0;
}

bool public_key_matches(const TokenKey& key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  const EVP_MD* digest = key.algorithm == TokenAlgorithm::rs256 ? EVP_sha256() : nullptr;
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.public_key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

bool signature_matches(const TokenKey& key, std::string_view text, std::string_view signature) {
  return key.algorithm == TokenAlgorithm::hs256 ? hmac_matches(key.secret, text, signature)
                                                : public_key_matches(key, text, signature);
}

// The key that the header names; the header says nothing else that is believed.
Result<const TokenKey*, TokenFault> key_of(const KeySet& keys, const std::string& json) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return Err{TokenFault::bad_header};
  const auto header = JsonMembers::of(root);
  if (!header) return Err{TokenFault::bad_header};
  for (const auto& [name, value] : header->all()) {
    // jku, jwk, x5u and crit ask for trust that nothing here gives
    if (name != "alg" && name != "kid" && name != "typ") return Err{TokenFault::bad_header};
  }
  const auto kid = header->text("kid");
  const auto alg = header->text("alg");
  if (!kid || !alg) return Err{TokenFault::bad_header};
  if (header->text("typ") != "JWT") return Err{TokenFault::bad_type};
  const TokenKey* key = keys.find(*kid);
  if (key == nullptr) return Err{TokenFault::unknown_key};
  if (*alg != to_string(key->algorithm)) return Err{TokenFault::bad_algorithm};
  return key;
}

std::optional<std::int64_t> seconds(Element element) {
  std::int64_t value = 0;
  constexpr std::int64_t kYear9999 = 253402300799;
  if (!element.is<std::int64_t>() || element.get(value) != simdjson::SUCCESS) return std::nullopt;
  if (value < 0 || value > kYear9999) return std::nullopt;
  return value;
}

bool audience_matches(Element aud, std::string_view wanted) {
  std::string_view one;
  if (aud.get(one) == simdjson::SUCCESS) return one == wanted;
  simdjson::dom::array many;
  if (aud.get(many) != simdjson::SUCCESS) return false;
  bool found = false;
  for (const Element each : many) {
    if (each.get(one) != simdjson::SUCCESS) return false;
    found |= one == wanted;
  }
  return found;
}

std::optional<std::vector<TenantId>> tenants_of(const JsonMembers& claims) {
  const auto element = claims.find("tenants");
  simdjson::dom::array array;
  if (!element || element->get(array) != simdjson::SUCCESS) return std::nullopt;
  std::vector<TenantId> tenants;
  for (const Element each : array) {
    std::string_view name;
    if (each.get(name) != simdjson::SUCCESS || tenants.size() == kMaxTenants) return std::nullopt;
    auto tenant = TenantId::parse(name);
    if (!tenant || tenant->text() != name) return std::nullopt;
    if (std::find(tenants.begin(), tenants.end(), *tenant) != tenants.end()) return std::nullopt;
    tenants.push_back(std::move(*tenant));
  }
  if (tenants.empty()) return std::nullopt;
  return tenants;
}

// nullopt: in force.
std::optional<TokenFault> check_times(const JsonMembers& claims, std::int64_t now,
                                      std::int64_t& expires) {
  const auto exp = claims.find("exp");
  const auto end = exp ? seconds(*exp) : std::nullopt;
  if (!end) return TokenFault::bad_claims;
  expires = *end;
  if (now >= *end + kClockLeeway) return TokenFault::expired;
  for (const std::string_view name : {"nbf", "iat"}) {
    const auto claim = claims.find(name);
    if (!claim) continue;
    const auto start = seconds(*claim);
    if (!start) return TokenFault::bad_claims;
    if (*start > now + kClockLeeway) return TokenFault::not_yet_valid;
  }
  return std::nullopt;
}

Result<Principal, TokenFault> principal_of(const std::string& json, const TokenPolicy& policy,
                                           std::int64_t now) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return Err{TokenFault::bad_claims};
  const auto claims = JsonMembers::of(root);
  if (!claims) return Err{TokenFault::bad_claims};
  if (claims->text("iss") != policy.issuer) return Err{TokenFault::bad_issuer};
  const auto aud = claims->find("aud");
  if (!aud || !audience_matches(*aud, policy.audience)) return Err{TokenFault::bad_audience};
  Principal principal;
  if (const auto fault = check_times(*claims, now, principal.expires)) return Err{*fault};
  const auto subject = claims->text("sub");
  if (!subject || !is_user_id(*subject)) return Err{TokenFault::bad_subject};
  principal.user = *subject;
  const auto role = parse_role(claims->text("role").value_or(std::string_view()));
  if (!role) return Err{TokenFault::bad_role};
  principal.role = *role;
  auto tenants = tenants_of(*claims);
  if (!tenants) return Err{TokenFault::bad_tenants};
  principal.tenants = std::move(*tenants);
  return principal;
}

struct FaultText {
  std::string_view name;
  std::string_view sentence;
};
constexpr auto kFaults = std::to_array<FaultText>({
    {"missing", "There is no Authorization header."},
    {"not-bearer", "The Authorization header is not one bearer token."},
    {"too-long", "The token is longer than 4 KiB."},
    {"malformed", "The token is not three base64url parts."},
    {"bad-header", "The token's header is not a JSON object of alg, kid and typ."},
    {"bad-type", "The token's typ is not JWT."},
    {"unknown-key", "The token's kid is not known."},
    {"bad-algorithm", "The token's alg is not its key's."},
    {"bad-signature", "The token's signature does not match."},
    {"bad-claims", "A claim of the token is missing or of a wrong type."},
    {"bad-issuer", "The token is of another issuer."},
    {"bad-audience", "The token is for another audience."},
    {"expired", "The token has expired."},
    {"not-yet-valid", "The token is not valid yet."},
    {"bad-subject", "The token's sub is not a user id."},
    {"bad-role", "The token's role is not known."},
    {"bad-tenants", "The token's tenants must be 1 to 8 tenant names, each once."},
});
static_assert(kFaults.size() == static_cast<std::size_t>(TokenFault::bad_tenants) + 1);

}  // namespace

std::string_view to_string(TokenFault fault) {
  return kFaults[static_cast<std::size_t>(fault)].name;
}
std::string_view describe(TokenFault fault) {
  return kFaults[static_cast<std::size_t>(fault)].sentence;
}

bool is_user_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '@' || c == '-';
  });
}

Result<Principal, TokenFault> TokenVerifier::verify(std::string_view token,
                                                    std::int64_t now) const {
  if (token.size() > kMaxTokenBytes) return Err{TokenFault::too_long};
  const auto parts = split(token);
  if (!parts) return Err{TokenFault::malformed};
  const auto header = base64url_decode(parts->header);
  const auto payload = base64url_decode(parts->payload);
  const auto signature = base64url_decode(parts->signature);
  if (!header || !payload || !signature) return Err{TokenFault::malformed};
  const auto key = key_of(keys_, *header);
  if (!key) return Err{key.error()};
  // nothing in the payload is looked at before this
  if (!signature_matches(**key, parts->signed_text, *signature)) {
    return Err{TokenFault::bad_signature};
  }
  return principal_of(*payload, policy_, now);
}

}  // namespace pim::api
