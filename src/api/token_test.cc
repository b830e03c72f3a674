#include "api/token.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "api/jwt.h"
#include "api/token_cache.h"
#include "store/digest.h"

namespace pim::api {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

std::string temp_name() {
  return (std::filesystem::temp_directory_path() / ("pim-keys-" + std::to_string(::getpid())))
      .string();
}

TokenRequest good_request() {
  TokenRequest request;
  request.user = "dr.lee";
  request.role = "operator";
  request.tenants = {"north-health", "south-health"};
  request.issued_at = kNow;
  request.lifetime_seconds = 3600;
  return request;
}

TEST(Token, GeneratedKeysSignTokensThatVerify) {
  const std::string file = temp_name();
  ::unlink(file.c_str());
  ASSERT_TRUE(generate_keys_file(file).ok());
  struct stat info{};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_FALSE(generate_keys_file(file).ok()) << "an existing file must not be overwritten";

  auto keys = KeySet::load(file);
  ASSERT_TRUE(keys.ok()) << keys.error();
  const auto token = sign_token(*keys, good_request());
  ASSERT_TRUE(token.ok()) << token.error();
  const TokenVerifier verifier(std::move(*keys), {"pim-lab", "pim"});
  const auto principal = verifier.verify(*token, kNow + 3600);
  ASSERT_TRUE(principal.ok()) << to_string(principal.error());
  EXPECT_EQ(principal->user, "dr.lee");
  EXPECT_EQ(principal->role, Role::operations);
  EXPECT_EQ(principal->tenants.size(), 2U);
  EXPECT_FALSE(verifier.verify(*token, kNow + 3600 + kClockLeeway).ok());
  ::unlink(file.c_str());
}

TEST(Token, RefusesToSignWhatTheServerWouldRefuse) {
  const auto keys = KeySet::parse(
      R"([{"kid":"a","alg":"HS256","secret":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}])");
  ASSERT_TRUE(keys.ok());
  const auto refused = [&](auto change) {
    TokenRequest request = good_request();
    change(request);
    return !sign_token(*keys, request).ok();
  };
  EXPECT_FALSE(refused([](TokenRequest&) {}));
  EXPECT_TRUE(refused([](TokenRequest& r) { r.user = "dr lee"; }));
  EXPECT_TRUE(refused([](TokenRequest& r) { r.role = "root"; }));
  EXPECT_TRUE(refused([](TokenRequest& r) { r.tenants.clear(); }));
  EXPECT_TRUE(refused([](TokenRequest& r) { r.tenants = {"No"}; }));
  EXPECT_TRUE(refused([](TokenRequest& r) { r.lifetime_seconds = 0; }));
  EXPECT_TRUE(refused([](TokenRequest& r) { r.kid = "other"; }));
}

TEST(TokenCache, ForgetsAtExpiryAndStaysBounded) {
  TokenCache cache(2);
  const auto principal = std::make_shared<Principal>();
  principal->expires = kNow;
  const auto key = [](const char* text) { return store::sha256(text); };
  cache.insert(key("a"), principal);
  EXPECT_EQ(cache.find(key("a"), kNow - 1), principal);
  EXPECT_EQ(cache.find(key("b"), kNow - 1), nullptr);
  EXPECT_EQ(cache.find(key("a"), kNow), nullptr);
  EXPECT_EQ(cache.find(key("a"), kNow - 1), nullptr) << "an expired token must be forgotten";
  for (const char* name : {"c", "d", "e", "f"}) cache.insert(key(name), principal);
  EXPECT_LE(cache.size(), 2U);
}

}  // namespace
}  // namespace pim::api
