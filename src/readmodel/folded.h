// What the projection keeps in memory: the encounters it has touched lately, folded, so that the
// next event of one needs no row and no parsing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "domain/ids.h"
#include "domain/state.h"
#include "domain/text.h"

namespace pim::readmodel {

struct EncounterKey {
  PatientId patient;
  EncounterId encounter;
  bool operator==(const EncounterKey&) const = default;
};
struct EncounterKeyHash {
  std::size_t operator()(const EncounterKey& key) const noexcept {
    return UuidHash{}(key.patient.value) * 31 + UuidHash{}(key.encounter.value);
  }
};

// One encounter in a patient state of its own, as evolve() wants it.
struct FoldedEncounter {
  EncounterKey key;
  std::optional<std::int64_t> number;  // its row's; none until it is written
  TenantId tenant;
  StreamState state;
  bool dirty = false;
  bool moved = false;  // an indexed column changed: provider, facility or status

  // nullptr: no event has admitted it.
  const Encounter* encounter() const {
    return std::get<Patient>(state).encounters.find(key.encounter);
  }
};

// Least recently used first out; never while dirty.
class FoldedEncounters {
 public:
  explicit FoldedEncounters(std::size_t capacity) : capacity_(capacity) {}

  FoldedEncounter* find(const EncounterKey& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return &*found->second;
  }
  FoldedEncounter& add(FoldedEncounter folded) {
    recent_.push_front(std::move(folded));
    index_[recent_.front().key] = recent_.begin();
    return recent_.front();
  }
  void trim() {
    while (recent_.size() > capacity_ && !recent_.back().dirty) {
      index_.erase(recent_.back().key);
      recent_.pop_back();
    }
  }
  void clear() {
    index_.clear();
    recent_.clear();
  }

 private:
  const std::size_t capacity_;
  std::list<FoldedEncounter> recent_;
  std::unordered_map<EncounterKey, std::list<FoldedEncounter>::iterator, EncounterKeyHash> index_;
};

}  // namespace pim::readmodel
