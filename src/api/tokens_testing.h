// Tokens of every kind, good and bad, with the keys that they are checked against.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/keys.h"

namespace pim::api {

// One key for each algorithm: kids `hs`, `rs` and `ed`, and `hs2` with another secret.
struct TestKeys {
  TestKeys();
  std::string file_json;  // docs/formats/keys.md
  std::string secret;
  std::string other_secret;
  std::string rsa_public_pem;
  Pkey rsa;
  Pkey ed;
};
// Made once a process: an RSA key takes its time.
const TestKeys& test_keys();

std::string sign_hs256(std::string_view secret, std::string_view text);
std::string sign_with(EVP_PKEY* key, const EVP_MD* digest, std::string_view text);

// header.payload.signature with the algorithm that `kid` stands for in test_keys().
std::string make_token(const std::string& header, const std::string& payload,
                       std::string_view kid = "hs");

// A good payload; `extra` goes behind its claims, such as `,"nbf":5`.
struct Claims {
  std::string user = "dr.lee";
  std::string role = "clinician";
  std::string tenants = R"(["north-health"])";
  std::int64_t exp = 2'000'000'000;
  std::string extra = {};
  std::string json() const;
};
std::string good_header(std::string_view kid = "hs");

}  // namespace pim::api
