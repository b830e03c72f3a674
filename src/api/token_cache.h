// Tokens that were accepted, by their SHA-256, until they expire: an RS256 or EdDSA check costs as
// much as the rest of a request.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "api/jwt.h"
#include "store/digest.h"

namespace pim::api {

// Thread-safe.
class TokenCache {
 public:
  explicit TokenCache(std::size_t capacity) : capacity_(capacity) {}

  // nullptr where the token is not cached or has expired; `now` in Unix seconds.
  std::shared_ptr<const Principal> find(const store::Digest& token, std::int64_t now);
  void insert(const store::Digest& token, std::shared_ptr<const Principal> principal);
  std::size_t size() const;

 private:
  struct Hash {
    std::size_t operator()(const store::Digest& digest) const noexcept {
      std::size_t word = 0;
      std::memcpy(&word, digest.bytes.data(), sizeof word);
      return word;
    }
  };
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::unordered_map<store::Digest, std::shared_ptr<const Principal>, Hash> entries_;
};

}  // namespace pim::api
