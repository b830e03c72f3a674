// Which 128-bit ids there are, and a number for each in the order in which they came. Open
// addressing over chunks: 21 to 27 bytes an id, and no copy of the ids when it grows.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "domain/ids.h"

namespace pim::data::privacy {

// Not thread-safe. Up to 2^31 ids.
class IdTable {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::uint32_t find(const Uuid& id) const;  // kNone where it is not there
  // Its number, and whether it is new.
  std::pair<std::uint32_t, bool> insert(const Uuid& id);
  std::uint32_t size() const { return size_; }
  std::uint64_t bytes() const;
  void clear();

 private:
  static constexpr std::size_t kChunkBits = 12;
  using Chunk = std::array<Uuid, 1U << kChunkBits>;

  const Uuid& at(std::uint32_t number) const;
  std::size_t slot_of(const Uuid& id) const;  // its slot, or the free one where it belongs
  void grow();

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<std::uint32_t> slots_;  // numbers; a power of two of them
  std::uint32_t size_ = 0;
};

// A set of 64-bit keys, exact. 11 to 21 bytes a key. Any key but UINT64_MAX.
class KeySet {
 public:
  bool insert(std::uint64_t key);  // false where it was there
  std::uint64_t bytes() const { return slots_.size() * sizeof(std::uint64_t); }
  void clear();

 private:
  std::size_t slot_of(std::uint64_t key) const;
  std::vector<std::uint64_t> slots_;  // key + 1; 0 is free
  std::size_t size_ = 0;
};

}  // namespace pim::data::privacy
