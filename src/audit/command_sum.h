// Compares what events tell about commands with what receipts tell, in constant memory: each side
// adds up a digest a command, in whatever order it meets them, and equal sums mean equal sets.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "routing/bucket.h"
#include "store/record.h"

namespace pim::audit {

// One command's effect, as its receipt or its events have it.
struct CommandEffect {
  StreamId stream;
  BucketId bucket;
  std::uint64_t first_position = 0;
  std::uint64_t last_position = 0;
  Version version = 0;  // after it
  store::Origin origin;
};

store::Digest digest_of(const CommandEffect& effect);
CommandEffect effect_of(const store::Receipt& receipt);

class CommandSum {
 public:
  void add(const store::Digest& digest);
  bool operator==(const CommandSum&) const = default;

 private:
  std::array<std::uint64_t, 4> words_{};  // each modulo 2^64
  std::uint64_t count_ = 0;
};

// Tells the commands from a bucket's events: those of one command stand together.
class CommandSplitter {
 public:
  explicit CommandSplitter(std::function<void(const CommandEffect&)> done)
      : done_(std::move(done)) {}
  void take(const store::EventRecord& event);
  void finish();

 private:
  const std::function<void(const CommandEffect&)> done_;
  std::optional<CommandEffect> open_;
};

}  // namespace pim::audit
