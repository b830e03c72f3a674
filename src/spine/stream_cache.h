// The folded streams of one shard: bounded, least recently used first out; a stream with commands
// under way is pinned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "spine/fold.h"
#include "spine/pending_command.h"

namespace pim::spine {

struct StreamEntry {
  enum class Phase : std::uint8_t { loading, ready };

  StreamId id;
  Phase phase = Phase::loading;
  // A part of the speculative state did not come true: nothing more is decided on it. Once the
  // store has answered everything in flight, the stream is loaded again.
  bool broken = false;
  bool unsettled = false;  // has results that settle() has not looked at
  bool pinned = true;
  FoldedStream folded;                  // speculative: the effects of `flight` are in it
  std::vector<PendingCommand*> flight;  // decided, in that order, not yet answered by the store
  std::vector<PendingCommand*> again;   // to be decided again after the reload
  std::vector<PendingCommand*> parked;  // arrived while the stream could not be decided on
  std::list<StreamEntry>::iterator self;
};

class StreamCache {
 public:
  explicit StreamCache(std::size_t capacity) : capacity_(capacity) {}

  StreamEntry* find(StreamId id) const;
  // A new entry, loading and pinned. The id must be new.
  StreamEntry& add(StreamId id);
  void pin(StreamEntry& entry);
  // To be called once nothing is under way; makes room if there are too many.
  void unpin(StreamEntry& entry);
  void remove(StreamEntry& entry);
  std::size_t size() const { return index_.size(); }
  std::uint64_t evictions() const { return evictions_; }

 private:
  void evict();

  const std::size_t capacity_;
  std::unordered_map<StreamId, StreamEntry*> index_;
  std::list<StreamEntry> pinned_;
  std::list<StreamEntry> idle_;  // most recently used first
  std::uint64_t evictions_ = 0;
};

}  // namespace pim::spine
