// The spine without its threads: shards and committer, wired. Spine::start gives every shard a
// thread; simulations drive the same shards step by step.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "spine/clock.h"
#include "spine/committer.h"
#include "spine/open_commands.h"
#include "spine/ownership.h"
#include "spine/reference_cache.h"
#include "spine/shard.h"

namespace pim::spine {

class SpineCore {
 public:
  // `store` and `clock` outlive it. `seed` is where event ids come from.
  SpineCore(store::EventStore& store, const Clock& clock, const SpineOptions& options,
            const Ownership& ownership, std::uint64_t seed);
  ~SpineCore();
  SpineCore(const SpineCore&) = delete;
  SpineCore& operator=(const SpineCore&) = delete;

  void submit(CommandRequest request, Reply reply);  // thread-safe
  std::optional<Shed> turn_away(StreamId stream) { return shard_of(stream).turn_away(); }
  Shard& shard_of(StreamId stream);
  const std::vector<std::unique_ptr<Shard>>& shards() const { return shards_; }
  Committer& committer() { return *committer_; }
  const Committer& committer() const { return *committer_; }
  const ReferenceCache& references() const { return *references_; }
  OpenCommands& open() { return open_; }
  const OpenCommands& open() const { return open_; }

  // Nothing more is admitted, submitted or delivered; the shards' wait() returns.
  void stop();

 private:
  const Ownership ownership_;
  OpenCommands open_;
  const std::shared_ptr<ReferenceCache> references_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::shared_ptr<Committer> committer_;
};

}  // namespace pim::spine
