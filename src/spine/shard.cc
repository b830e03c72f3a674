#include "spine/shard.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "spine/answers.h"

namespace pim::spine {
namespace {

ExecutorOptions executor_options(const SpineOptions& options, std::uint64_t event_id_seed) {
  ExecutorOptions executor;
  executor.cache_streams = options.cache_streams;
  executor.recent_receipts = std::clamp<std::size_t>(options.cache_streams, 1, 4096);
  executor.snapshot_every = options.snapshot_every;
  executor.event_id_seed = event_id_seed;
  return executor;
}

}  // namespace

Shard::Shard(ShardId id, const SpineOptions& options, std::uint64_t event_id_seed,
             const Parts& parts)
    : id_(id),
      store_(parts.store),
      clock_(parts.clock),
      open_(parts.open),
      references_(parts.references),
      mailbox_(std::make_shared<Mailbox>()),
      admission_(options.queue_capacity, options.shed_wait),
      executor_(executor_options(options, event_id_seed), parts.ownership, *this, *references_,
                admission_, counters_) {}

Shard::~Shard() {
  stop();
  abandon();
}

Committer::Deliver Shard::deliver() const {
  return [mailbox = mailbox_](std::vector<CommitResult> results) {
    mailbox->post([&results](Inbox& inbox) {
      std::ranges::move(results, std::back_inserter(inbox.results));
    });
  };
}

void Shard::submit(CommandRequest request, Reply reply) {
  if (!open_.enter()) {
    count_shed(Shed::draining);
    reply(plain_reply(Outcome::overloaded));
    return;
  }
  auto command =
      std::make_unique<PendingCommand>(std::move(request), std::move(reply), &open_, clock_.now());
  if (const auto refusal = admission_.refuse_or_enter()) {
    count_shed(*refusal);
    command->reply(plain_reply(Outcome::overloaded));
    return;
  }
  const bool posted =
      mailbox_->post([&command](Inbox& inbox) { inbox.commands.push_back(std::move(command)); });
  if (posted) return;
  count_shed(Shed::draining);
  command->reply(plain_reply(Outcome::overloaded));
}

std::optional<Shed> Shard::turn_away() {
  const auto refusal = open_.closed() ? std::optional(Shed::draining) : admission_.refusal();
  if (refusal) count_shed(*refusal);
  return refusal;
}

MonoTime Shard::run_once() {
  mailbox_->take(inbox_);
  executor_.run(inbox_, clock_.now());
  if (!offers_.empty()) committer_->offer(id_.value, std::exchange(offers_, {}));
  committer_->tick();
  return executor_.next_deadline();
}

void Shard::abandon() {
  mailbox_->take(inbox_);
  for (auto& command : inbox_.commands) command->reply(plain_reply(Outcome::overloaded));
  inbox_.clear();
  executor_.abandon();
}

ShardStats Shard::stats() const {
  ShardStats stats;
  stats.shard = id_;
  stats.queued = admission_.waiting();
  stats.capacity = admission_.capacity();
  stats.commands = counters_.commands.get();
  stats.events = counters_.events.get();
  stats.event_bytes = counters_.event_bytes.get();
  stats.rejected = counters_.rejected.get();
  stats.dedupe_hits = counters_.dedupe_hits.get();
  stats.conflicts = counters_.conflicts.get();
  stats.fenced = counters_.fenced.get();
  stats.expired = counters_.expired.get();
  stats.cold_loads = counters_.cold_loads.get();
  stats.cached_streams = counters_.cached_streams.get();
  stats.cache_hits = counters_.cache_hits.get();
  stats.cache_evictions = counters_.cache_evictions.get();
  stats.busy_seconds = static_cast<double>(counters_.busy_ns.get()) * 1e-9;
  std::ranges::transform(counters_.shed, stats.shed.begin(), &Counter::get);
  std::ranges::transform(counters_.group_events, stats.group_events.begin(), &Counter::get);
  stats.queue_wait = counters_.queue_wait.snapshot();
  return stats;
}

// --- what the executor asks for

void Shard::load_stream(StreamId id) {
  store_.load(
      bucket_of(id.value), id,
      [mailbox = mailbox_, id](store::StoreResult<store::StreamHistory> history) {
        auto folded = history.ok()
                          ? fold(history.value())
                          : store::StoreResult<FoldedStream>(Err{std::move(history.error())});
        mailbox->post([&](Inbox& inbox) { inbox.streams.push_back({id, std::move(folded)}); });
      });
}

void Shard::load_reference(StreamId id) {
  store_.load(
      bucket_of(id.value), id,
      [mailbox = mailbox_, references = references_, id,
       generation = references_->generation()](store::StoreResult<store::StreamHistory> history) {
        bool ok = false;
        if (history.ok()) {
          const auto folded = fold(history.value());
          ok = folded.ok();
          if (ok) references->put(id, folded.value(), generation);
        }
        mailbox->post([&](Inbox& inbox) { inbox.references.push_back({id, ok}); });
      });
}

void Shard::find_receipt(Ticket ticket, const CommandKey& key) {
  store_.find_receipt(
      std::string(key.user_id), std::string(key.request_id), key.routing_id,
      [mailbox = mailbox_, ticket](store::StoreResult<std::vector<store::Receipt>> result) {
        mailbox->post([&](Inbox& inbox) { inbox.receipts.push_back({ticket, std::move(result)}); });
      });
}

void Shard::commit(Ticket ticket, store::Append append) {
  CommitItem item{ticket, std::move(append)};
  if (ticket->request.sampled) {
    item.sampled = true;
    item.offered = clock_.now();
  }
  offers_.push_back(std::move(item));
}

void Shard::save_snapshot(store::Snapshot snapshot) { store_.save_snapshot(std::move(snapshot)); }

}  // namespace pim::spine
