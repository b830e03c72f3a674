#include "readmodel/rebuild.h"

#include <algorithm>

namespace pim::readmodel {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::size_t kBatch = 4'000;

}  // namespace

std::vector<std::uint64_t> positions_of(const std::vector<Checkpoint>& checkpoints) {
  std::vector<std::uint64_t> positions;
  positions.reserve(checkpoints.size());
  for (const Checkpoint& checkpoint : checkpoints) positions.push_back(checkpoint.position);
  return positions;
}

store::StoreResult<void> feed(Sink& sink, store::Reader& reader,
                              const std::vector<std::uint64_t>& targets) {
  std::vector<std::uint64_t> reached = positions_of(sink.checkpoints());
  std::size_t in_batch = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const BucketId bucket{static_cast<std::uint16_t>(i)};
    while (reached[i] < targets[i]) {
      const auto wanted = std::min<std::uint64_t>(kPage, targets[i] - reached[i]);
      auto events = reader.read_bucket(bucket, reached[i], wanted);
      if (!events) return Err{events.error()};
      if (events->empty()) {
        return Err{store::StoreError{
            store::StoreErrorKind::unavailable,
            "bucket " + std::to_string(i) + " ends before position " + std::to_string(targets[i])}};
      }
      for (const auto& event : *events) {
        if (auto done = sink.apply(event); !done) return done;
        reached[i] = event.position;
        ++in_batch;
      }
      if (in_batch >= kBatch) {
        if (auto done = sink.commit(); !done) return done;
        in_batch = 0;
      }
    }
  }
  if (in_batch == 0) return {};
  return sink.commit();
}

}  // namespace pim::readmodel
