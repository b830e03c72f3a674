// How a command ends: its answer, the duplicates that joined it, its deadline, the spine's end.
#include <algorithm>
#include <ranges>
#include <utility>

#include "spine/answers.h"
#include "spine/shard_executor.h"

namespace pim::spine {

// An answer without a receipt.
void ShardExecutor::finish(PendingCommand& command, CommandReply reply) {
  const auto finished = release(command);
  auto& joiners = finished->joiners;
  // The store's failure is everybody's. But a 404 may have been true only before the joiner came,
  // and a deadline was the first one's own: these joiners are taken up anew, in their old order.
  const bool shared = reply.outcome != Outcome::not_found && reply.outcome != Outcome::deadline;
  for (auto& joiner : joiners) {
    if (shared && joiner->request.fingerprint == finished->request.fingerprint) {
      leave_queue(*joiner);
      joiner->reply(reply);
      joiner.reset();
    }
  }
  for (auto& joiner : std::views::reverse(joiners)) {
    if (joiner == nullptr) continue;
    if (joiner->reply.called()) {
      leave_queue(*joiner);
    } else {
      queue_.push_front(std::move(joiner));
    }
  }
  reply.timing = finished->timing;
  finished->reply(std::move(reply));
}

// The answer that a durable receipt stands for.
void ShardExecutor::finish(PendingCommand& command, store::Receipt&& durable, bool replayed) {
  const auto finished = release(command);
  const store::Receipt& receipt = recent_.put(std::move(durable));
  CommandReply answer = reply_to(finished->request, receipt, replayed);
  answer.timing = finished->timing;
  if (!replayed) answer.event_types = std::move(finished->event_types);
  finished->reply(std::move(answer));
  for (auto& joiner : finished->joiners) {
    leave_queue(*joiner);
    joiner->reply(reply_to(joiner->request, receipt, /*replayed=*/true));
  }
}

std::unique_ptr<PendingCommand> ShardExecutor::release(PendingCommand& command) {
  leave_queue(command);
  return std::move(under_way_.extract(command.key()).mapped());
}

void ShardExecutor::leave_queue(PendingCommand& command) {
  if (std::exchange(command.in_queue, false)) admission_.leave();
}

// --- deadlines

void ShardExecutor::expire() {
  next_deadline_ = MonoTime::max();
  for (auto& command : queue_) {
    expire_one(*command, Outcome::deadline);
    if (command->reply.called()) leave_queue(*command);
  }
  std::erase_if(queue_, [](const auto& command) { return command->reply.called(); });

  for (auto& [key, command] : under_way_) {
    // What the store has may yet come true. Every other stage has changed nothing.
    const bool open = command->stage == Stage::in_store;
    expire_one(*command, open ? Outcome::unknown : Outcome::deadline);
    for (auto& joiner : command->joiners) {
      const bool shares = open && joiner->request.fingerprint == command->request.fingerprint;
      expire_one(*joiner, shares ? Outcome::unknown : Outcome::deadline);
    }
  }
}

// The command itself stays where it is until what it waits for has come.
void ShardExecutor::expire_one(PendingCommand& command, Outcome outcome) {
  if (command.reply.called()) return;
  if (command.request.deadline <= now_) {
    counters_.expired.add();
    command.reply(plain_reply(outcome));
  } else {
    next_deadline_ = std::min(next_deadline_, command.request.deadline);
  }
}

void ShardExecutor::abandon() {
  for (auto& command : queue_) command->reply(plain_reply(Outcome::overloaded));
  queue_.clear();
  for (auto& [key, command] : under_way_) {
    const bool open = command->stage == Stage::in_store;
    command->reply(plain_reply(open ? Outcome::unknown : Outcome::overloaded));
    for (auto& joiner : command->joiners) {
      joiner->reply(plain_reply(open ? Outcome::unknown : Outcome::overloaded));
    }
  }
  under_way_.clear();
}

}  // namespace pim::spine
