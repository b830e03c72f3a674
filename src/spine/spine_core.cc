#include "spine/spine_core.h"

#include <utility>

namespace pim::spine {

SpineCore::SpineCore(store::EventStore& store, const Clock& clock, const SpineOptions& options,
                     const Ownership& ownership, std::uint64_t seed)
    : ownership_(ownership), references_(std::make_shared<ReferenceCache>()) {
  std::vector<Committer::Deliver> deliveries;
  for (std::uint32_t i = 0; i < options.shards; ++i) {
    shards_.push_back(
        std::make_unique<Shard>(ShardId{static_cast<std::uint16_t>(i)}, options, seed + i,
                                Shard::Parts{store, clock, ownership_, open_, references_}));
    deliveries.push_back(shards_.back()->deliver());
  }
  committer_ = std::make_shared<Committer>(
      store, clock, options.max_batch, std::move(deliveries),
      [references = references_] { references->clear(); }, options.tracer, options.region);
  for (auto& shard : shards_) shard->connect(committer_);
}

SpineCore::~SpineCore() {
  stop();
  for (auto& shard : shards_) shard->abandon();
}

void SpineCore::stop() {
  open_.close();
  committer_->close();
  for (auto& shard : shards_) shard->stop();
}

void SpineCore::submit(CommandRequest request, Reply reply) {
  shard_of(request.stream).submit(std::move(request), std::move(reply));
}

Shard& SpineCore::shard_of(StreamId stream) {
  const auto shards = static_cast<std::uint32_t>(shards_.size());
  return *shards_[default_shard(bucket_of(stream.value), shards).value];
}

}  // namespace pim::spine
