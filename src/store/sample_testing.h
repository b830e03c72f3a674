// Small, readable store records for tests. Deterministic: the same numbers give the same bytes.
#pragma once

#include <cstdint>
#include <string>

#include "store/event_store.h"

namespace pim::store::sample {

Uuid uuid(std::uint64_t number);

// The `number`-th stream of that bucket, from 0; distinct numbers give distinct streams.
StreamId stream_in(BucketId bucket, std::uint64_t number);

Origin origin(const std::string& request_id, const std::string& user_id = "u.demo");

// `events` events on top of `expected_version`, accepted with 200; epoch 1.
Append append(NodeId owner, StreamId stream, Version expected_version, std::size_t events,
              const std::string& request_id);

// A rejection (409) decided at `version`: a receipt without events.
Append rejection(NodeId owner, StreamId stream, Version version, const std::string& request_id);

// The problem with the chain and numbering of a bucket, read through `reader` page by page against
// its head; empty where there is none.
std::string chain_problem(Reader& reader, const BucketHead& head);

}  // namespace pim::store::sample
