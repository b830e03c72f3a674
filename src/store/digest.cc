#include "store/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace pim::store {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeAlgorithm {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};

// Fetching by name takes a lock and a lookup: longer than hashing an event.
const EVP_MD* algorithm() {
  static const std::unique_ptr<EVP_MD, FreeAlgorithm> fetched(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return fetched.get();
}

EVP_MD_CTX* context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> own(EVP_MD_CTX_new());
  return own.get();
}

// A chain with a wrong hash in it would be worse than no process.
void require(bool hashed) {
  if (hashed) return;
  std::fputs("SHA-256 is not available from OpenSSL\n", stderr);
  std::abort();
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Digest sha256(std::string_view bytes) {
  Digest digest;
  unsigned int length = 0;
  require(EVP_DigestInit_ex2(context(), algorithm(), nullptr) == 1 &&
          EVP_DigestUpdate(context(), bytes.data(), bytes.size()) == 1 &&
          EVP_DigestFinal_ex(context(), digest.bytes.data(), &length) == 1 &&
          length == digest.bytes.size());
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
  Digest digest;
  unsigned int length = 0;
  require(HMAC(algorithm(), key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(message.data()), message.size(),
               digest.bytes.data(), &length) != nullptr &&
          length == digest.bytes.size());
  return digest;
}

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex2(state_->context.get(), algorithm(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest;
  unsigned int length = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), &length) == 1);
  return digest;
}

std::string Digest::to_hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::optional<Digest> Digest::from_hex(std::string_view hex) {
  Digest digest;
  if (hex.size() != digest.bytes.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const int high = nibble(hex[2 * i]);
    const int low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

}  // namespace pim::store
