// What a Follower feeds: a file of rows that are made from events alone.
#pragma once

#include <cstdint>
#include <vector>

#include "routing/bucket.h"
#include "store/event_store.h"

namespace pim::readmodel {

// How far a file has read a bucket. The hash ties it to the one history it was made from: the next
// event must name it as its previous one.
struct Checkpoint {
  std::uint64_t position = 0;
  store::Digest hash;
  bool operator==(const Checkpoint&) const = default;
};

// Used by one thread at a time.
class Sink {
 public:
  virtual ~Sink() = default;

  // By bucket (kBuckets of them): what commit() made durable.
  virtual const std::vector<Checkpoint>& checkpoints() const = 0;

  // Takes the bucket's next event into the open batch. `corrupt`: the event cannot be read; it and
  // what follows it in its bucket must not be applied.
  virtual store::StoreResult<void> apply(const store::EventRecord& event) = 0;

  // Writes the batch's rows and its checkpoints in one transaction. On failure the batch is gone,
  // and checkpoints() says where to read on.
  virtual store::StoreResult<void> commit() = 0;
};

}  // namespace pim::readmodel
