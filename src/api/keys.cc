#include "api/keys.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "api/ascii.h"
#include "api/base64url.h"
#include "api/json_members.h"

namespace pim::api {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr int kRsaBits = 2048;

using KeyResult = Result<TokenKey, std::string>;

bool is_kid(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

Pkey read_public_key(std::string_view pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  return Pkey(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

KeyResult parse_secret(TokenKey key, const JsonMembers& members) {
  const auto text = members.text("secret");
  auto secret = text ? base64url_decode(*text) : std::nullopt;
  if (!secret) return Err{key.kid + ": secret must be base64url without padding"};
  if (secret->size() < kSecretBytes) return Err{key.kid + ": secret must have 32 bytes or more"};
  key.secret = std::move(*secret);
  return key;
}

KeyResult parse_public_key(TokenKey key, const JsonMembers& members) {
  const auto pem = members.text("public_key");
  if (pem) key.public_key = read_public_key(*pem);
  if (!key.public_key) return Err{key.kid + ": public_key must be a PEM public key"};
  const int type = EVP_PKEY_get_base_id(key.public_key.get());
  if (key.algorithm == TokenAlgorithm::rs256) {
    if (type != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.public_key.get()) < kRsaBits) {
      return Err{key.kid + ": public_key must be an RSA key of 2048 bits or more"};
    }
  } else if (type != EVP_PKEY_ED25519) {
    return Err{key.kid + ": public_key must be an Ed25519 key"};
  }
  return key;
}

KeyResult parse_key(simdjson::dom::element element) {
  const auto members = JsonMembers::of(element);
  if (!members) return Err{std::string("each key must be an object, with each name once")};
  const auto kid = members->text("kid");
  if (!kid || !is_kid(*kid)) {
    return Err{std::string("kid must be 1 to 64 characters of A-Z a-z 0-9 . _ -")};
  }
  TokenKey key;
  key.kid = *kid;
  const auto alg = members->text("alg");
  const auto known = std::find(kTokenAlgorithmNames.begin(), kTokenAlgorithmNames.end(),
                               alg.value_or(std::string_view()));
  if (known == kTokenAlgorithmNames.end()) {
    return Err{key.kid + ": alg must be HS256, RS256 or EdDSA"};
  }
  key.algorithm = static_cast<TokenAlgorithm>(known - kTokenAlgorithmNames.begin());
  const bool symmetric = key.algorithm == TokenAlgorithm::hs256;
  if (members->all().size() != 3) {
    return Err{key.kid + ": a key has kid, alg and " + (symmetric ? "secret" : "public_key") +
               ", nothing else"};
  }
  return symmetric ? parse_secret(std::move(key), *members)
                   : parse_public_key(std::move(key), *members);
}

}  // namespace

Result<KeySet, std::string> KeySet::parse(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(simdjson::padded_string(json)).get(array) != simdjson::SUCCESS) {
    return Err{std::string("must be a JSON array of keys")};
  }
  KeySet set;
  for (const auto element : array) {
    auto key = parse_key(element);
    if (!key) return Err{std::move(key.error())};
    if (set.find(key->kid) != nullptr) return Err{key->kid + ": the kid is repeated"};
    set.keys_.push_back(std::move(*key));
  }
  if (set.keys_.empty()) return Err{std::string("has no key")};
  return set;
}

Result<KeySet, std::string> KeySet::load(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) {
    return Err{"cannot read the keys file " + file + ": " + std::strerror(errno) +
               " (pim token --init makes one)"};
  }
  auto set = parse(content.str());
  if (!set) return Err{file + ": " + set.error()};
  return set;
}

const TokenKey* KeySet::find(std::string_view kid) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const auto& key) { return key.kid == kid; });
  return found == keys_.end() ? nullptr : &*found;
}

const TokenKey* KeySet::signing_key() const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [](const auto& key) {
    return key.algorithm == TokenAlgorithm::hs256;
  });
  return found == keys_.end() ? nullptr : &*found;
}

Result<void, std::string> generate_keys_file(const std::string& file) {
  std::array<unsigned char, kSecretBytes + 4> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return Err{std::string("the system gives no random bytes")};
  }
  const std::string_view bytes(reinterpret_cast<const char*>(random.data()), random.size());
  const std::string json = R"([{"kid":"lab-)" + base64url_encode(bytes.substr(kSecretBytes)) +
                           R"(","alg":"HS256","secret":")" +
                           base64url_encode(bytes.substr(0, kSecretBytes)) + "\"}]\n";
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Err{"cannot create " + file + ": " + std::strerror(errno)};
  const bool written = ::write(fd, json.data(), json.size()) == static_cast<ssize_t>(json.size());
  const bool closed = ::close(fd) == 0;
  if (!written || !closed) return Err{"cannot write " + file + ": " + std::strerror(errno)};
  return {};
}

}  // namespace pim::api
