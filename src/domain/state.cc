#include "domain/state.h"

#include <utility>

namespace pim {

Encounter* Encounters::find(EncounterId id) {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &list_[found->second];
}

const Encounter* Encounters::find(EncounterId id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &list_[found->second];
}

Encounter& Encounters::add(Encounter encounter) {
  index_.emplace(encounter.encounter_id, list_.size());
  return list_.emplace_back(std::move(encounter));
}

}  // namespace pim
