#include "spine/shard_executor.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "spine/answers.h"
#include "store/append_rules.h"
#include "store/planted.h"
#include "telemetry/current_span.h"

namespace pim::spine {
namespace {

using Kind = CommitResult::Kind;

StreamId stream_of(const ReferenceId& id) {
  return std::visit([](const auto& each) { return StreamId{each.value}; }, id);
}

std::uint64_t payload_bytes(const std::vector<store::NewEvent>& events) {
  std::uint64_t bytes = 0;
  for (const auto& event : events) bytes += event.data.size();
  return bytes;
}

}  // namespace

ShardExecutor::ShardExecutor(const ExecutorOptions& options, const Ownership& ownership,
                             ExecutorPort& port, ReferenceCache& references, Admission& admission,
                             ShardCounters& counters)
    : options_(options),
      ownership_(ownership),
      port_(port),
      references_(references),
      admission_(admission),
      counters_(counters),
      event_ids_(options.event_id_seed),
      streams_(options.cache_streams),
      recent_(options.recent_receipts) {}

void ShardExecutor::run(Inbox& inbox, MonoTime now) {
  now_ = now;
  for (CommitResult& result : inbox.results) {
    PendingCommand& command = *result.ticket;
    command.result = std::move(result);
    if (!std::exchange(command.entry->unsettled, true)) unsettled_.push_back(command.entry);
  }
  for (StreamEntry* entry : std::exchange(unsettled_, {})) settle(*entry);
  for (auto& found : inbox.receipts) on_receipt(std::move(found));
  for (auto& loaded : inbox.streams) on_stream(std::move(loaded));
  for (const auto& loaded : inbox.references) on_reference(loaded);
  for (auto& command : inbox.commands) {
    next_deadline_ = std::min(next_deadline_, command->request.deadline);
    queue_.push_back(std::move(command));
  }
  inbox.clear();
  if (now_ >= next_deadline_) expire();
  take_from_queue();
  admission_.publish(queue_.empty() ? std::nullopt : std::optional(queue_.front()->timing.arrived),
                     now_);
  counters_.cached_streams.set(streams_.size());
  counters_.cache_evictions.set(streams_.evictions());
}

// --- from the queue to a decision

// Stops at a full window: behind a slow store the queue must grow where Admission sees it.
void ShardExecutor::take_from_queue() {
  while (!queue_.empty() && at_store_ < port_.window()) {
    std::unique_ptr<PendingCommand> command = std::move(queue_.front());
    queue_.pop_front();
    admit(std::move(command));
  }
}

// Dedupe. It precedes everything else, so that a retry meets its first attempt and not the state
// that the first attempt left.
void ShardExecutor::admit(std::unique_ptr<PendingCommand> command) {
  counters_.commands.add();
  const auto wait = now_ - command->timing.arrived;
  const store::Origin& origin = command->request.origin;
  const telemetry::TraceContext trace{origin.trace_id, origin.span_id, true};
  counters_.queue_wait.observe(wait, command->request.sampled ? &trace : nullptr);
  if (command->request.deadline <= now_) {
    leave_queue(*command);
    counters_.expired.add();
    command->reply(plain_reply(Outcome::deadline));
    return;
  }
  if (const auto first = under_way_.find(command->key()); first != under_way_.end()) {
    counters_.dedupe_hits.add();
    first->second->joiners.push_back(std::move(command));
    return;
  }
  if (const store::Receipt* receipt = recent_.find(command->key())) {
    counters_.dedupe_hits.add();
    leave_queue(*command);
    command->reply(reply_to(command->request, *receipt, /*replayed=*/true));
    return;
  }
  PendingCommand& admitted = *command;
  under_way_.emplace(admitted.key(), std::move(command));
  proceed(admitted);
}

// Decides the command, or parks it for what is missing; called again when that has come.
void ShardExecutor::proceed(PendingCommand& command) {
  const bool first = std::exchange(command.stage, Stage::parked) == Stage::queued;
  if (command.request.deadline <= now_) {
    if (!command.reply.called()) counters_.expired.add();
    finish(command, plain_reply(command.decisions == 0 ? Outcome::deadline : Outcome::not_applied));
    return;
  }
  if (!port_.store_accepts()) {
    finish(command, plain_reply(Outcome::not_applied));
    return;
  }
  StreamEntry* entry = streams_.find(command.request.stream);
  if (entry == nullptr) {
    entry = &streams_.add(command.request.stream);
    counters_.cold_loads.add();
    port_.load_stream(entry->id);
  } else if (first) {
    counters_.cache_hits.add();
  }
  if (entry->phase == StreamEntry::Phase::loading || entry->broken) {
    entry->parked.push_back(&command);
    return;
  }
  decide_on(command, *entry);
}

void ShardExecutor::decide_on(PendingCommand& command, StreamEntry& entry) {
  const store::Origin& origin = command.request.origin;
  const telemetry::KeptSpanScope scope({origin.trace_id, origin.span_id, command.request.sampled});
  References references;
  if (park_for_references(command, entry.folded, references)) return;
  Verdict verdict = judge(command.request, entry.folded, references);
  if (verdict.outcome == Outcome::not_found) {
    wait_without_receipt(command, entry, std::move(verdict.rejection));
  } else {
    hand_over(command, entry, verdict);
  }
}

// Collects the facts that `command` reads; true where it was parked for one that is not cached.
bool ShardExecutor::park_for_references(PendingCommand& command, const FoldedStream& stream,
                                        References& references) {
  const CommandRequest& request = command.request;
  references.now = request.origin.recorded_at;
  for (const ReferenceId& reference : references_of(request.command)) {
    const StreamId id = stream_of(reference);
    const auto* provider = std::get_if<ProviderId>(&reference);
    const StreamKind kind = provider != nullptr ? StreamKind::provider : StreamKind::facility;
    auto fact = references_.find(id, kind, acting_tenant(request, stream));
    if (!fact) {
      auto& waiters = reference_waiters_[id];
      waiters.push_back(&command);
      if (waiters.size() == 1) port_.load_reference(id);
      return true;
    }
    if (store::planted(store::Bug::inactive_provider)) fact->status = ReferenceStatus::active;
    if (provider != nullptr) {
      references.providers.emplace_back(*provider, *fact);
    } else {
      references.facilities.emplace_back(std::get<FacilityId>(reference), *fact);
    }
  }
  return false;
}

// Makes the command's effect part of the speculative state, and offers it to the store at the
// version that it was decided on.
void ShardExecutor::hand_over(PendingCommand& command, StreamEntry& entry, const Verdict& verdict) {
  command.timing.decided = now_;
  store::Append append = append_of(command.request, entry.folded, verdict, ownership_, event_ids_);
  if (store::malformed(append)) {  // it would take its whole batch down with it
    finish(command, plain_reply(Outcome::not_applied));
    return;
  }
  if (store::planted(store::Bug::early_rejection) && verdict.events.empty()) {
    append.receipt.version = entry.folded.version;
    finish(command, reply_from(append.receipt, /*replayed=*/false));
    return;
  }
  command.event_types.clear();
  if (command.request.sampled) {
    for (const Event& each : verdict.events) command.event_types.push_back(event_type(each));
  }
  apply(command.request, verdict, entry.folded);
  command.request.origin.tenant = append.receipt.origin.tenant;  // as it will be recorded

  command.stage = Stage::in_store;
  command.event_bytes = payload_bytes(append.events);
  command.has_effect = !verdict.events.empty();
  command.result.reset();
  command.entry = &entry;
  ++command.decisions;
  leave_queue(command);
  streams_.pin(entry);
  entry.flight.push_back(&command);
  ++at_store_;
  if (store::planted(store::Bug::ack_early)) {
    store::Receipt not_yet = append.receipt;
    not_yet.version = entry.folded.version;
    command.reply(reply_from(not_yet, /*replayed=*/false));
  }
  port_.commit(&command, std::move(append));
}

// A 404 leaves no receipt, but it was decided on state that may not come true.
void ShardExecutor::wait_without_receipt(PendingCommand& command, StreamEntry& entry,
                                         Rejection rejection) {
  command.not_found = std::move(rejection);
  command.entry = &entry;
  ++command.decisions;
  leave_queue(command);
  if (entry.flight.empty()) {
    check_receipt(command);
    return;
  }
  command.stage = Stage::waiting;
  entry.flight.push_back(&command);
}

// Nobody else would notice that this key was used before: the store never sees the command. So a
// retry of what was once rejected, or another request under its key, would get a wrong 404.
void ShardExecutor::check_receipt(PendingCommand& command) {
  command.stage = Stage::checking;
  port_.find_receipt(&command, command.key());
}

void ShardExecutor::on_receipt(Inbox::FoundReceipt found) {
  PendingCommand& command = *found.ticket;
  if (!found.result.ok()) {
    finish(command, plain_reply(Outcome::not_applied));
  } else if (!found.result.value().empty()) {
    counters_.dedupe_hits.add();
    finish(command, std::move(found.result.value().front()), /*replayed=*/true);
  } else {
    counters_.rejected.add();
    finish(command, not_found_reply(command.not_found));
  }
}

// --- loads

void ShardExecutor::on_stream(Inbox::LoadedStream loaded) {
  StreamEntry* entry = streams_.find(loaded.id);
  auto parked = std::exchange(entry->parked, {});
  if (!loaded.result.ok()) {
    streams_.remove(*entry);
    for (PendingCommand* command : parked) finish(*command, plain_reply(Outcome::not_applied));
    return;
  }
  entry->folded = std::move(loaded.result.value());
  entry->phase = StreamEntry::Phase::ready;
  for (PendingCommand* command : parked) proceed(*command);
  if (entry->flight.empty()) streams_.unpin(*entry);
}

void ShardExecutor::on_reference(const Inbox::LoadedReference& loaded) {
  auto waiters = reference_waiters_.extract(loaded.id);
  for (PendingCommand* command : waiters.mapped()) {
    if (loaded.ok) {
      proceed(*command);
    } else {
      finish(*command, plain_reply(Outcome::not_applied));
    }
  }
}

// --- from the store's result to the answer

// Answers the stream's commands in the order of their decisions, as far as results have come.
void ShardExecutor::settle(StreamEntry& entry) {
  entry.unsettled = false;
  std::size_t done = 0;
  for (; done < entry.flight.size(); ++done) {
    PendingCommand& command = *entry.flight[done];
    if (command.stage == Stage::in_store && !command.result) break;
    settle_one(entry, command);
  }
  entry.flight.erase(entry.flight.begin(),
                     entry.flight.begin() + static_cast<std::ptrdiff_t>(done));
  if (!entry.flight.empty()) return;
  if (entry.broken) {
    reload(entry);
    return;
  }
  // Nothing is in flight: the speculative state is the durable one.
  FoldedStream& stream = entry.folded;
  if (stream.version >= stream.snapshot_version + options_.snapshot_every) {
    port_.save_snapshot(snapshot_of(entry.id, stream));
    stream.snapshot_version = stream.version;
  }
  streams_.unpin(entry);
}

void ShardExecutor::settle_one(StreamEntry& entry, PendingCommand& command) {
  if (command.stage == Stage::waiting) {
    if (entry.broken) {
      decide_again(entry, command);
    } else {
      check_receipt(command);
    }
    return;
  }
  --at_store_;
  CommitResult result = std::move(*command.result);
  command.timing.offered = result.offered;
  command.timing.submitted = result.submitted;
  command.timing.committed = result.committed;
  command.timing.batch = result.batch;
  switch (result.kind) {
    case Kind::committed:
      if (command.has_effect) {
        count_events(command, result.receipt);
        // Before the answer: whoever has seen it decides on the new fact.
        if (entry.folded.kind != StreamKind::patient) references_.invalidate(entry.id);
      } else {
        counters_.rejected.add();
      }
      finish(command, std::move(result.receipt), /*replayed=*/false);
      break;
    case Kind::duplicate:
      counters_.dedupe_hits.add();
      entry.broken |= command.has_effect;
      finish(command, std::move(result.receipt), /*replayed=*/true);
      break;
    case Kind::found: {
      entry.broken = true;
      const bool replayed = result.receipt.origin != command.request.origin;
      finish(command, std::move(result.receipt), replayed);
      break;
    }
    case Kind::lost:
      entry.broken = true;
      finish(command, plain_reply(Outcome::not_applied));
      break;
    case Kind::refused:
    case Kind::disk_low:
      entry.broken |= command.has_effect;
      finish(command,
             plain_reply(result.kind == Kind::disk_low ? Outcome::disk_low : Outcome::not_applied));
      break;
    case Kind::fenced:
      counters_.fenced.add();
      entry.broken = true;
      finish(command, plain_reply(Outcome::not_applied));
      break;
    case Kind::conflict:
      counters_.conflicts.add();
      entry.broken = true;
      decide_again(entry, command);
      break;
  }
}

void ShardExecutor::count_events(const PendingCommand& command, const store::Receipt& receipt) {
  const std::uint64_t events = receipt.last_position - receipt.first_position + 1;
  counters_.events.add(events);
  counters_.event_bytes.add(command.event_bytes);
  const BucketId bucket = bucket_of(command.request.stream.value);
  counters_.group_events[bucket.value / kBucketsAGroup].add(events);
}

// Once: a command whose second decision did not hold either meets something that a third would
// meet too. Nor where its caller has its answer already.
void ShardExecutor::decide_again(StreamEntry& entry, PendingCommand& command) {
  if (command.decisions > 1 || command.reply.called()) {
    finish(command, plain_reply(Outcome::not_applied));
    return;
  }
  command.stage = Stage::parked;
  entry.again.push_back(&command);
}

// Only now, with nothing of the stream in flight: a decision on the reloaded state could otherwise
// make room for one that was made on the state that is dropped here.
void ShardExecutor::reload(StreamEntry& entry) {
  if (entry.again.empty() && entry.parked.empty()) {
    streams_.remove(entry);
    return;
  }
  entry.broken = false;
  entry.phase = StreamEntry::Phase::loading;
  entry.folded = {};
  entry.parked.insert(entry.parked.begin(), entry.again.begin(), entry.again.end());
  entry.again.clear();
  counters_.cold_loads.add();
  port_.load_stream(entry.id);
}

const FoldedStream* ShardExecutor::peek(StreamId id) const {
  const StreamEntry* entry = streams_.find(id);
  const bool usable =
      entry != nullptr && entry->phase == StreamEntry::Phase::ready && !entry->broken;
  return usable ? &entry->folded : nullptr;
}

}  // namespace pim::spine
