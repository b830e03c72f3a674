#include "spine/ownership.h"

#include <utility>

namespace pim::spine {

store::StoreResult<Ownership> read_ownership(store::EventStore& store) {
  auto reader = store.open_reader();
  if (!reader.ok()) return Err{std::move(reader.error())};
  const auto heads = reader.value()->heads();
  if (!heads.ok()) return Err{heads.error()};
  Ownership ownership;
  ownership.node = store.node();
  for (const store::BucketHead& head : heads.value()) {
    ownership.epochs[head.bucket.value] = head.epoch;
  }
  return ownership;
}

}  // namespace pim::spine
