// The keys that tokens are verified with (docs/formats/keys.md). Each key has one algorithm: a
// token cannot choose another.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"

namespace pim::api {

enum class TokenAlgorithm : std::uint8_t { hs256, rs256, eddsa };

inline constexpr auto kTokenAlgorithmNames =
    std::to_array<std::string_view>({"HS256", "RS256", "EdDSA"});
constexpr std::string_view to_string(TokenAlgorithm algorithm) {
  return kTokenAlgorithmNames[static_cast<std::size_t>(algorithm)];
}

struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;

struct TokenKey {
  std::string kid;  // 1 to 64 characters of [A-Za-z0-9._-]
  TokenAlgorithm algorithm = TokenAlgorithm::hs256;
  std::string secret;  // HS256: 32 bytes or more
  Pkey public_key;     // RS256 (2048 bits or more), EdDSA (Ed25519)
};

// Immutable once loaded: any thread may read it.
class KeySet {
 public:
  static Result<KeySet, std::string> parse(std::string_view json);
  static Result<KeySet, std::string> load(const std::string& file);

  const TokenKey* find(std::string_view kid) const;
  // The first key that can sign here (HS256); nullptr where there is none.
  const TokenKey* signing_key() const;

 private:
  std::vector<TokenKey> keys_;
};

// Writes a file with one new HS256 key, readable by its owner only. Fails where the file exists.
Result<void, std::string> generate_keys_file(const std::string& file);

}  // namespace pim::api
