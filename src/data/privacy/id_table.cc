#include "data/privacy/id_table.h"

#include <cstring>

namespace pim::data::privacy {
namespace {

constexpr std::size_t kFirstSlots = 1024;

// Ids may be counted, not drawn: every bit must reach the low ones.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ULL;
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ULL;
  return x ^ (x >> 32);
}

std::uint64_t mixed(const Uuid& id) {
  std::uint64_t words[2];
  std::memcpy(words, id.bytes.data(), sizeof words);
  return mixed(words[0] ^ mixed(words[1]));
}

bool is_full(std::size_t used, std::size_t slots) { return (used + 1) * 4 > slots * 3; }

}  // namespace

const Uuid& IdTable::at(std::uint32_t number) const {
  return (*chunks_[number >> kChunkBits])[number & ((1U << kChunkBits) - 1)];
}

std::size_t IdTable::slot_of(const Uuid& id) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = mixed(id) & mask;
  while (slots_[slot] != kNone && at(slots_[slot]) != id) slot = (slot + 1) & mask;
  return slot;
}

std::uint32_t IdTable::find(const Uuid& id) const {
  return slots_.empty() ? kNone : slots_[slot_of(id)];
}

std::pair<std::uint32_t, bool> IdTable::insert(const Uuid& id) {
  if (is_full(size_, slots_.size())) grow();
  const auto slot = slot_of(id);
  if (slots_[slot] != kNone) return {slots_[slot], false};
  if ((size_ >> kChunkBits) == chunks_.size()) chunks_.push_back(std::make_unique<Chunk>());
  (*chunks_.back())[size_ & ((1U << kChunkBits) - 1)] = id;
  slots_[slot] = size_;
  return {size_++, true};
}

void IdTable::grow() {
  const auto slots = slots_.empty() ? kFirstSlots : 2 * slots_.size();
  slots_ = {};
  slots_.assign(slots, kNone);
  for (std::uint32_t i = 0; i < size_; ++i) slots_[slot_of(at(i))] = i;
}

std::uint64_t IdTable::bytes() const {
  return chunks_.size() * sizeof(Chunk) + slots_.size() * sizeof(std::uint32_t);
}

void IdTable::clear() {
  chunks_.clear();
  slots_ = {};
  size_ = 0;
}

std::size_t KeySet::slot_of(std::uint64_t key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = mixed(key) & mask;
  while (slots_[slot] != 0 && slots_[slot] != key + 1) slot = (slot + 1) & mask;
  return slot;
}

bool KeySet::insert(std::uint64_t key) {
  if (is_full(size_, slots_.size())) {
    std::vector<std::uint64_t> old(slots_.empty() ? kFirstSlots : 2 * slots_.size(), 0);
    old.swap(slots_);
    for (const auto each : old) {
      if (each != 0) slots_[slot_of(each - 1)] = each;
    }
  }
  const auto slot = slot_of(key);
  if (slots_[slot] != 0) return false;
  slots_[slot] = key + 1;
  ++size_;
  return true;
}

void KeySet::clear() {
  slots_ = {};
  size_ = 0;
}

}  // namespace pim::data::privacy
