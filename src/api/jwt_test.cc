#include "api/jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <set>
#include <vector>

#include "api/base64url.h"
#include "api/tokens_testing.h"

namespace pim::api {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

TokenVerifier verifier() {
  auto keys = KeySet::parse(test_keys().file_json);
  EXPECT_TRUE(keys.ok());
  return TokenVerifier(std::move(*keys), {"pim-lab", "pim"});
}

std::string payload(const std::string& extra = "") {
  Claims claims;
  claims.extra = extra;
  return claims.json();
}

class GoodTokens : public ::testing::TestWithParam<std::string> {};

TEST_P(GoodTokens, AreAccepted) {
  const auto verified =
      verifier().verify(make_token(good_header(GetParam()), payload(), GetParam()), kNow);
  ASSERT_TRUE(verified.ok()) << to_string(verified.error());
  EXPECT_EQ(verified->user, "dr.lee");
  EXPECT_EQ(verified->role, Role::clinician);
  ASSERT_EQ(verified->tenants.size(), 1U);
  EXPECT_EQ(verified->tenants.front().text(), "north-health");
  EXPECT_EQ(verified->expires, 2'000'000'000);
}
INSTANTIATE_TEST_SUITE_P(EveryAlgorithm, GoodTokens, ::testing::Values("hs", "rs", "ed"));

TEST(Jwt, AcceptsAnAudienceListAndTimesWithinTheLeeway) {
  const auto with = [](const std::string& json) {
    return verifier().verify(make_token(good_header(), json), kNow).ok();
  };
  EXPECT_TRUE(with(
      R"({"iss":"pim-lab","aud":["x","pim"],"sub":"a","role":"biller","tenants":["ab"],"exp":1800000001})"));
  EXPECT_TRUE(with(
      R"({"iss":"pim-lab","aud":"pim","sub":"a","role":"biller","tenants":["ab"],"exp":1799999971})"));
  EXPECT_TRUE(with(payload(R"(,"nbf":1800000030,"iat":1800000030)")));
  EXPECT_TRUE(with(payload(R"(,"jti":"anything","scope":["unknown"])")));
}

struct BadToken {
  std::string name;
  TokenFault fault;
  std::string token;
};

std::string with_payload(const std::string& json) { return make_token(good_header(), json); }

// A good payload with one claim written anew.
std::string replaced(const std::string& from, const std::string& to) {
  std::string json = payload();
  const auto at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return with_payload(json.replace(at, from.size(), to));
}

std::string unsigned_text(const std::string& header, const std::string& json) {
  return base64url_encode(header) + '.' + base64url_encode(json);
}

std::vector<BadToken> bad_tokens() {
  using enum TokenFault;
  const TestKeys& keys = test_keys();
  const std::string good = make_token(good_header(), payload());
  const auto dot1 = good.find('.');
  const auto dot2 = good.rfind('.');
  const std::string rs = make_token(good_header("rs"), payload(), "rs");
  const std::string tenants9 = R"(["aa","bb","cc","dd","ee","ff","gg","hh","ii"])";

  std::string flipped = good;
  flipped[dot2 + 5] = flipped[dot2 + 5] == 'A' ? 'B' : 'A';
  std::string other_payload = good;
  other_payload.replace(dot1 + 1, dot2 - dot1 - 1,
                        base64url_encode(payload(R"(,"role2":"operator")")));
  // the same bytes under another spelling of the signature's last character
  std::string respelled = good;
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  respelled.back() = alphabet[alphabet.find(respelled.back()) + 1];

  // HS256 keyed with the text of the RSA public key
  const std::string confused =
      unsigned_text(R"({"alg":"HS256","kid":"rs","typ":"JWT"})", payload());
  const std::string confused_none =
      unsigned_text(R"({"alg":"none","kid":"hs","typ":"JWT"})", payload());
  const std::string ed_text = unsigned_text(good_header("ed"), payload());

  return {
      {"empty", malformed, ""},
      {"one part", malformed, good.substr(0, dot1)},
      {"two parts", malformed, good.substr(0, dot2)},
      {"four parts", malformed, good + ".e30"},
      {"empty parts", bad_header, ".."},
      {"padded base64", malformed, good + "="},
      {"standard base64 alphabet", malformed, good.substr(0, dot2) + ".ab+/"},
      {"a space within", malformed, good.substr(0, dot1) + " " + good.substr(dot1)},
      {"stray bits in the signature", malformed, respelled},
      {"a length that is no base64", malformed, good.substr(0, dot2) + ".abcde"},
      {"over 4 KiB", too_long,
       with_payload(payload(",\"pad\":\"" + std::string(4000, 'x') + "\""))},
      {"header is no JSON", bad_header, make_token("{", payload())},
      {"header is a list", bad_header, make_token("[]", payload())},
      {"header repeats alg", bad_header,
       make_token(R"({"alg":"HS256","alg":"HS256","kid":"hs","typ":"JWT"})", payload())},
      {"header with crit", bad_header,
       make_token(R"({"alg":"HS256","kid":"hs","typ":"JWT","crit":["exp"]})", payload())},
      {"header with jku", bad_header,
       make_token(R"({"alg":"HS256","kid":"hs","typ":"JWT","jku":"https://evil.example/k"})",
                  payload())},
      {"header with jwk", bad_header,
       make_token(R"({"alg":"HS256","kid":"hs","typ":"JWT","jwk":{"kty":"oct","k":"AA"}})",
                  payload())},
      {"header with x5u", bad_header,
       make_token(R"({"alg":"HS256","kid":"hs","typ":"JWT","x5u":"file:///etc/passwd"})",
                  payload())},
      {"no kid", bad_header, make_token(R"({"alg":"HS256","typ":"JWT"})", payload())},
      {"kid is a number", bad_header,
       make_token(R"({"alg":"HS256","kid":1,"typ":"JWT"})", payload())},
      {"no alg", bad_header, make_token(R"({"kid":"hs","typ":"JWT"})", payload())},
      {"no typ", bad_type, make_token(R"({"alg":"HS256","kid":"hs"})", payload())},
      {"typ at+jwt", bad_type,
       make_token(R"({"alg":"HS256","kid":"hs","typ":"at+jwt"})", payload())},
      {"typ in lower case", bad_type,
       make_token(R"({"alg":"HS256","kid":"hs","typ":"jwt"})", payload())},
      {"unknown kid", unknown_key,
       make_token(R"({"alg":"HS256","kid":"nobody","typ":"JWT"})", payload())},
      {"kid is a path", unknown_key,
       make_token(R"({"alg":"HS256","kid":"../../../../dev/null","typ":"JWT"})", payload())},
      {"kid is SQL", unknown_key,
       make_token(R"({"alg":"HS256","kid":"x' UNION SELECT 'k","typ":"JWT"})", payload())},
      {"empty kid", unknown_key, make_token(R"({"alg":"HS256","kid":"","typ":"JWT"})", payload())},
      {"alg none, no signature", bad_algorithm, confused_none + "."},
      {"alg None", bad_algorithm,
       unsigned_text(R"({"alg":"None","kid":"hs","typ":"JWT"})", payload()) + "."},
      {"alg hs256 in lower case", bad_algorithm,
       make_token(R"({"alg":"hs256","kid":"hs","typ":"JWT"})", payload())},
      {"alg HS512", bad_algorithm,
       make_token(R"({"alg":"HS512","kid":"hs","typ":"JWT"})", payload())},
      {"HS256 signed with the RSA public key", bad_algorithm,
       confused + "." + base64url_encode(sign_hs256(keys.rsa_public_pem, confused))},
      {"alg RS256 with an Ed25519 kid", bad_algorithm,
       make_token(R"({"alg":"RS256","kid":"ed","typ":"JWT"})", payload(), "rs")},
      {"alg PS256 with an RSA kid", bad_algorithm,
       make_token(R"({"alg":"PS256","kid":"rs","typ":"JWT"})", payload(), "rs")},
      {"no signature", bad_signature, good.substr(0, dot2 + 1)},
      {"one bit of the signature", bad_signature, flipped},
      {"half of the signature", bad_signature,
       good.substr(0, dot2 + 1) + good.substr(dot2 + 1, 20)},
      {"another payload", bad_signature, other_payload},
      {"the other key's signature", bad_signature, make_token(good_header("hs"), payload(), "hs2")},
      {"an RSA signature of another token", bad_signature,
       unsigned_text(good_header("rs"), payload(R"(,"x":1)")) + rs.substr(rs.rfind('.'))},
      {"an empty RSA signature", bad_signature, rs.substr(0, rs.rfind('.') + 1)},
      {"an all-zero Ed25519 signature", bad_signature,
       ed_text + "." + base64url_encode(std::string(64, '\0'))},
      {"payload is no JSON", bad_claims, with_payload("not json")},
      {"payload is a string", bad_claims, with_payload("\"x\"")},
      {"payload is not UTF-8", bad_claims, with_payload(payload(",\"x\":\"\xff\""))},
      {"payload repeats sub", bad_claims, with_payload(payload(R"(,"sub":"root")"))},
      {"payload with bytes behind it", bad_claims, with_payload(payload() + "{}")},
      {"another issuer", bad_issuer, replaced(R"("iss":"pim-lab")", R"("iss":"evil")")},
      {"no issuer", bad_issuer, replaced(R"("iss":"pim-lab",)", "")},
      {"issuer with a suffix", bad_issuer, replaced("pim-lab", "pim-lab.evil.example")},
      {"another audience", bad_audience, replaced(R"("aud":"pim")", R"("aud":"pimx")")},
      {"no audience", bad_audience, replaced(R"("aud":"pim",)", "")},
      {"audience list without us", bad_audience, replaced(R"("aud":"pim")", R"("aud":["a","b"])")},
      {"audience list with a number", bad_audience,
       replaced(R"("aud":"pim")", R"("aud":["pim",1])")},
      {"no exp", bad_claims, replaced(R"(,"exp":2000000000)", "")},
      {"exp is a string", bad_claims, replaced(R"("exp":2000000000)", R"("exp":"2000000000")")},
      {"exp is a fraction", bad_claims, replaced(R"("exp":2000000000)", R"("exp":2000000000.5)")},
      {"exp is negative", bad_claims, replaced(R"("exp":2000000000)", R"("exp":-1)")},
      {"exp beyond the year 9999", bad_claims,
       replaced(R"("exp":2000000000)", R"("exp":9007199254740993)")},
      {"expired beyond the leeway", expired,
       replaced(R"("exp":2000000000)", R"("exp":1799999970)")},
      {"expired long ago", expired, replaced(R"("exp":2000000000)", R"("exp":1)")},
      {"nbf in the future", not_yet_valid, with_payload(payload(R"(,"nbf":1800000031)"))},
      {"iat in the future", not_yet_valid, with_payload(payload(R"(,"iat":1800000031)"))},
      {"nbf is a string", bad_claims, with_payload(payload(R"(,"nbf":"now")"))},
      {"no sub", bad_subject, replaced(R"("sub":"dr.lee",)", "")},
      {"empty sub", bad_subject, replaced("dr.lee", "")},
      {"sub with a space", bad_subject, replaced("dr.lee", "dr lee")},
      {"sub of 65 characters", bad_subject, replaced("dr.lee", std::string(65, 'a'))},
      {"sub is a number", bad_subject, replaced(R"("sub":"dr.lee")", R"("sub":7)")},
      {"unknown role", bad_role, replaced("clinician", "root")},
      {"no role", bad_role, replaced(R"("role":"clinician",)", "")},
      {"role is a list", bad_role, replaced(R"("role":"clinician")", R"("role":["clinician"])")},
      {"no tenants", bad_tenants, replaced(R"("tenants":["north-health"],)", "")},
      {"empty tenants", bad_tenants, replaced(R"(["north-health"])", "[]")},
      {"tenants is a string", bad_tenants, replaced(R"(["north-health"])", R"("north-health")")},
      {"nine tenants", bad_tenants, replaced(R"(["north-health"])", tenants9)},
      {"a tenant twice", bad_tenants, replaced(R"(["north-health"])", R"(["aa","aa"])")},
      {"a tenant that is a wildcard", bad_tenants, replaced(R"(["north-health"])", R"(["*"])")},
  };
}

TEST(Jwt, RefusesEveryBadTokenForItsReason) {
  const auto check = verifier();
  const auto tokens = bad_tokens();
  std::set<std::string> names;
  for (const auto& [name, fault, token] : tokens) {
    names.insert(name);
    const auto verified = check.verify(token, kNow);
    ASSERT_FALSE(verified.ok()) << name;
    EXPECT_EQ(to_string(verified.error()), to_string(fault)) << name;
    EXPECT_FALSE(describe(verified.error()).empty());
  }
  EXPECT_GE(names.size(), 40U);
}

TEST(Jwt, RefusesEveryOneBitChangeOfAToken) {
  const auto check = verifier();
  const std::string good = make_token(good_header(), payload());
  ASSERT_TRUE(check.verify(good, kNow).ok());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      EXPECT_FALSE(check.verify(bad, kNow).ok()) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(Keys, RefuseWhatIsWeakOrUnclear) {
  const auto error = [](const std::string& json) {
    auto keys = KeySet::parse(json);
    return keys.ok() ? std::string("accepted") : keys.error();
  };
  const std::string secret = base64url_encode(test_keys().secret);
  EXPECT_NE(error("{}").find("array"), std::string::npos);
  EXPECT_NE(error("[]").find("no key"), std::string::npos);
  EXPECT_NE(error(R"([{"kid":"a/b","alg":"HS256","secret":"x"}])").find("kid"), std::string::npos);
  EXPECT_NE(error(R"([{"kid":"a","alg":"none","secret":"x"}])").find("alg"), std::string::npos);
  EXPECT_NE(error(R"([{"kid":"a","alg":"HS256","secret":"c2hvcnQ"}])").find("32 bytes"),
            std::string::npos);
  EXPECT_NE(
      error(R"([{"kid":"a","alg":"HS256","secret":")" + secret + R"(=="}])").find("base64url"),
      std::string::npos);
  EXPECT_NE(error(R"([{"kid":"a","alg":"HS256","secret":")" + secret + R"(","use":"sig"}])")
                .find("nothing else"),
            std::string::npos);
  EXPECT_NE(error(R"([{"kid":"a","alg":"RS256","public_key":"nonsense"}])").find("PEM"),
            std::string::npos);
  const std::string twice = R"({"kid":"a","alg":"HS256","secret":")" + secret + R"("})";
  EXPECT_NE(error("[" + twice + "," + twice + "]").find("repeated"), std::string::npos);
  EXPECT_EQ(error("[" + twice + "]"), "accepted");
}

TEST(Keys, RefuseAKeyOfAnotherAlgorithm) {
  std::string json = test_keys().file_json;
  const auto at = json.find("EdDSA");
  json.replace(at, 5, "RS256");
  const auto keys = KeySet::parse(json);
  ASSERT_FALSE(keys.ok());
  EXPECT_NE(keys.error().find("RSA"), std::string::npos);
}

}  // namespace
}  // namespace pim::api
