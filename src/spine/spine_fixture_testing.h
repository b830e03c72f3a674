// A spine over the simulated store that a test moves by hand: submit, run the shards, step the
// store, look at the replies.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "spine/manual_clock_testing.h"
#include "spine/requests_testing.h"
#include "spine/spine_core.h"
#include "store/sim_store_testing.h"

namespace pim::spine {

class SpineFixture {
 public:
  explicit SpineFixture(const SpineOptions& options = small());

  // One shard, so that the order of things is plain.
  static SpineOptions small();

  struct Answer {
    std::optional<CommandReply> reply;
    int calls = 0;
  };
  // The reply is at the reference returned, once there is one.
  const Answer& submit(CommandRequest request);
  // submit() and go on until nothing is left to do.
  CommandReply ask(CommandRequest request);
  void run_shards();
  void settle();
  void restart();  // the process ends in good order and starts again on the same store

  // A facility 1, a provider 1 at it and a patient 1, all of tenant "north".
  void given_the_world();
  std::vector<store::EventRecord> events_of(StreamId stream);
  std::vector<store::Receipt> receipts();

 private:
  std::deque<Answer> answers_;  // outlives the core, which answers what is left

 public:
  store::SimStore store{1};
  ManualClock clock;
  SpineOptions options;
  std::unique_ptr<SpineCore> core;
};

}  // namespace pim::spine
