// Judges a history against what the store holds in the end, by a sequential model: the domain's
// decide() and evolve(), one command after the other.
//
//   accepted      its receipt and its events exist once, and the reply says what they say
//   rejected      its receipt exists, and no event
//   503, 507      neither exists
//   unknown       both or neither
//   404           was true at some moment between request and answer
//   all           the same key, the same answer; versions and positions gap-free; chains intact;
//                 whoever was answered precedes whoever asked later; every decision is the one that
//                 the model makes on the version and on references that were current; nothing is
//                 written under an epoch that has ended; no request is answered twice or never
#pragma once

#include <string>

#include "spine/history_testing.h"
#include "store/event_store.h"

namespace pim::spine {

// What is wrong with the history; empty where nothing is. `store` must be in service and quiet.
std::string violation_in(const History& history, store::EventStore& store);

}  // namespace pim::spine
