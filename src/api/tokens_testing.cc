#include "api/tokens_testing.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "api/base64url.h"
#include "domain/json.h"

namespace pim::api {
namespace {

std::string public_pem(EVP_PKEY* key) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PUBKEY(bio.get(), key);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

TestKeys::TestKeys()
    : secret("0123456789abcdef0123456789abcdef"),
      other_secret("fedcba9876543210fedcba9876543210"),
      rsa(EVP_RSA_gen(2048)),
      ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {
  rsa_public_pem = public_pem(rsa.get());
  file_json = R"([{"kid":"hs","alg":"HS256","secret":")" + base64url_encode(secret) +
              R"("},{"kid":"hs2","alg":"HS256","secret":")" + base64url_encode(other_secret) +
              R"("},{"kid":"rs","alg":"RS256","public_key":)" + json_text(rsa_public_pem) +
              R"(},{"kid":"ed","alg":"EdDSA","public_key":)" + json_text(public_pem(ed.get())) +
              "}]";
}

const TestKeys& test_keys() {
  static const TestKeys keys;
  return keys;
}

std::string sign_hs256(std::string_view secret, std::string_view text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return {reinterpret_cast<const char*>(mac), size};
}

std::string sign_with(EVP_PKEY* key, const EVP_MD* digest, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                 text.size());
  signature.resize(size);
  return signature;
}

std::string make_token(const std::string& header, const std::string& payload,
                       std::string_view kid) {
  const TestKeys& keys = test_keys();
  const std::string text = base64url_encode(header) + '.' + base64url_encode(payload);
  std::string signature;
  if (kid == "rs") {
    signature = sign_with(keys.rsa.get(), EVP_sha256(), text);
  } else if (kid == "ed") {
    signature = sign_with(keys.ed.get(), nullptr, text);
  } else {
    signature = sign_hs256(kid == "hs2" ? keys.other_secret : keys.secret, text);
  }
  return text + '.' + base64url_encode(signature);
}

std::string Claims::json() const {
  return R"({"iss":"pim-lab","aud":"pim","sub":")" + user + R"(","role":")" + role +
         R"(","tenants":)" + tenants + R"(,"exp":)" + std::to_string(exp) + extra + "}";
}

std::string good_header(std::string_view kid) {
  const std::string alg = kid == "rs" ? "RS256" : kid == "ed" ? "EdDSA" : "HS256";
  return R"({"alg":")" + alg + R"(","kid":")" + std::string(kid) + R"(","typ":"JWT"})";
}

}  // namespace pim::api
