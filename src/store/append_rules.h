// What every engine does in the same way with an append: check its form, number its events and
// chain them, and complete its receipt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "store/event_store.h"

namespace pim::store {

inline constexpr std::size_t kMaxEventData = std::size_t{1} << 20;  // bytes of one event's JSON
inline constexpr std::size_t kMaxEventsPerAppend = 1000;

// Why the append cannot be stored by any engine (StoreErrorKind::rejected), or nothing.
std::optional<StoreError> malformed(const Append& append);

// The event that `append.events[index]` becomes at `position`, with its hash. Moves from it.
EventRecord make_record(Append& append, std::size_t index, std::uint64_t position,
                        const Digest& prev_hash);

// The receipt of an append whose events, if any, stand from `first_position` on. Moves from it.
Receipt complete_receipt(Append& append, std::uint64_t first_position);

// May this append be written under that head?
bool owns(const BucketHead& head, const Append& append);

}  // namespace pim::store
