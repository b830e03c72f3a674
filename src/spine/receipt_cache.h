// The receipts that were committed last, so that a prompt retry is answered without the store.
// Lossy: two keys that share a slot evict each other, and the store finds the rest.
#pragma once

#include <cstddef>
#include <vector>

#include "spine/pending_command.h"
#include "store/record.h"

namespace pim::spine {

class ReceiptCache {
 public:
  // `slots` > 0.
  explicit ReceiptCache(std::size_t slots) : slots_(slots) {}

  // The reference is good until the next put().
  const store::Receipt& put(store::Receipt&& receipt) {
    store::Receipt& slot = slots_[index(key_of(receipt))];
    slot = std::move(receipt);
    return slot;
  }
  const store::Receipt* find(const CommandKey& key) const {
    const store::Receipt& slot = slots_[index(key)];
    return slot.status != 0 && key_of(slot) == key ? &slot : nullptr;
  }

 private:
  static CommandKey key_of(const store::Receipt& receipt) {
    return {receipt.origin.user_id, receipt.origin.request_id, receipt.routing_id};
  }
  std::size_t index(const CommandKey& key) const { return CommandKeyHash{}(key) % slots_.size(); }

  std::vector<store::Receipt> slots_;  // status 0: empty
};

}  // namespace pim::spine
