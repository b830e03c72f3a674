// One command from its arrival to its answer, and the reply that is called exactly once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/decide.h"
#include "spine/commit_result.h"
#include "spine/open_commands.h"
#include "spine/spine.h"

namespace pim::spine {

struct StreamEntry;

// What makes two requests the same: dedupe and receipts are by it.
struct CommandKey {
  std::string_view user_id;
  std::string_view request_id;
  StreamId routing_id;
  bool operator==(const CommandKey&) const = default;
};

struct CommandKeyHash {
  std::size_t operator()(const CommandKey& key) const noexcept {
    const std::hash<std::string_view> hash;
    return hash(key.request_id) ^ (hash(key.user_id) << 1U) ^ std::hash<StreamId>{}(key.routing_id);
  }
};

// Calls the reply at most once, and at the latest when it is destroyed: no caller waits for ever.
class OnceReply {
 public:
  OnceReply(Reply reply, OpenCommands* open) : reply_(std::move(reply)), open_(open) {}
  ~OnceReply() { (*this)(CommandReply{}); }  // a CommandReply is `unknown` unless it says better
  OnceReply(const OnceReply&) = delete;
  OnceReply& operator=(const OnceReply&) = delete;

  bool called() const { return reply_ == nullptr; }
  void operator()(CommandReply answer) {
    if (called()) return;
    std::exchange(reply_, nullptr)(std::move(answer));
    if (open_ != nullptr) open_->leave();
  }

 private:
  Reply reply_;
  OpenCommands* open_;
};

struct PendingCommand {
  enum class Stage : std::uint8_t {
    queued,    // nothing was done yet
    parked,    // waits for its stream or for a reference
    in_store,  // decided and handed to the committer
    waiting,   // decided without a receipt: waits for the batches that it was decided on
    checking,  // decided without a receipt: looks for one of an earlier attempt
  };

  PendingCommand(CommandRequest asked, Reply reply_to, OpenCommands* open, MonoTime now)
      : request(std::move(asked)), reply(std::move(reply_to), open) {
    timing.arrived = now;
  }

  CommandKey key() const {
    return {request.origin.user_id, request.origin.request_id, request.stream};
  }

  CommandRequest request;
  OnceReply reply;
  CommandTiming timing;
  std::vector<std::string_view> event_types;  // as decided last, where its trace is kept
  Stage stage = Stage::queued;
  bool in_queue = true;           // counted by Admission
  bool has_effect = false;        // its events are part of the speculative state
  std::uint8_t decisions = 0;     // how often it was decided
  std::uint64_t event_bytes = 0;  // payload of the events that it was decided to cause
  StreamEntry* entry = nullptr;   // while in_store or waiting
  std::optional<CommitResult> result;
  Rejection not_found;  // while waiting or checking
  // The same key again, while this one is under way.
  std::vector<std::unique_ptr<PendingCommand>> joiners;
};

}  // namespace pim::spine
