#include "spine/committer.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "telemetry/scoped_span.h"

namespace pim::spine {
namespace {

using store::AppendResult;
using store::StoreErrorKind;

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kRetryInterval{100};
constexpr std::size_t kLeastBatch = 128;  // below it, what a batch costs by itself would count
constexpr std::size_t kLeastWindow = 8;
constexpr std::chrono::seconds kUnwritableAfterRefusal{1};

CommitResult::Kind kind_of(AppendResult::Kind kind) {
  switch (kind) {
    case AppendResult::Kind::committed:
      return CommitResult::Kind::committed;
    case AppendResult::Kind::duplicate:
      return CommitResult::Kind::duplicate;
    case AppendResult::Kind::conflict:
      return CommitResult::Kind::conflict;
    case AppendResult::Kind::fenced:
      return CommitResult::Kind::fenced;
  }
  return CommitResult::Kind::refused;
}

// Errors after which it is certain that nothing was written.
bool nothing_written(StoreErrorKind kind) {
  return kind == StoreErrorKind::rejected || kind == StoreErrorKind::unavailable ||
         kind == StoreErrorKind::disk_low;
}

}  // namespace

Committer::Committer(store::EventStore& store, const Clock& clock, std::size_t max_batch,
                     std::vector<Deliver> shards, std::function<void()> on_recovered,
                     telemetry::Tracer* tracer, std::string region)
    : store_(store),
      clock_(clock),
      max_batch_(max_batch),
      shards_(std::move(shards)),
      on_recovered_(std::move(on_recovered)),
      tracer_(tracer),
      region_(std::move(region)),
      batch_limit_(std::min(kLeastBatch, max_batch)),
      queued_(shards_.size()) {}

void Committer::offer(std::size_t shard, std::vector<CommitItem> items) {
  std::vector<store::Append> batch;
  Deliveries refused(shards_.size());
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::closed) return;
    if (!accepting()) {
      for (CommitItem& item : items) {
        refused[shard].push_back({item.ticket, CommitResult::Kind::refused, {}});
      }
    } else {
      queued_total_ += items.size();
      std::ranges::move(items, std::back_inserter(queued_[shard]));
      if (state_ == State::idle) batch = next_batch();
    }
  }
  submit(std::move(batch));
  deliver(std::move(refused));
}

// Takes one command of each shard in turn, so that a busy shard does not starve the others.
std::vector<store::Append> Committer::next_batch() {
  std::vector<store::Append> batch;
  under_way_.clear();
  state_ = queued_total_ == 0 ? State::idle : State::committing;
  submitted_at_ = clock_.now();
  batch_.sampled = false;
  batched_.clear();
  const std::size_t size = std::min(queued_total_, batch_limit_.load(std::memory_order_relaxed));
  batch.reserve(size);
  under_way_.reserve(size);
  while (batch.size() < size) {
    const std::size_t shard = first_shard_;
    first_shard_ = (first_shard_ + 1) % queued_.size();
    if (queued_[shard].empty()) continue;
    CommitItem item = std::move(queued_[shard].front());
    queued_[shard].pop_front();
    --queued_total_;
    const store::Origin& origin = item.append.receipt.origin;
    under_way_.push_back({shard, item.ticket, origin.user_id, origin.request_id, item.append.stream,
                          item.offered, false});
    if (item.sampled) join_batch(item);
    batch.push_back(std::move(item.append));
  }
  return batch;
}

void Committer::join_batch(const CommitItem& item) {
  if (tracer_ == nullptr) return;
  if (!batch_.sampled) batch_ = telemetry::TraceContext::root();  // sampled
  const store::Origin& origin = item.append.receipt.origin;
  batched_.push_back({origin.trace_id, origin.span_id, true});
}

telemetry::Span Committer::batch_span(const store::BatchResult& result, MonoTime committed) const {
  telemetry::Span span;
  span.context = batch_;
  span.name = "commit batch";
  span.duration = committed - submitted_at_;
  span.start = std::chrono::system_clock::now() -
               std::chrono::duration_cast<telemetry::WallTime::duration>(span.duration);
  span.links = batched_;
  span.attributes = {{"pim.batch.appends", static_cast<std::int64_t>(under_way_.size())},
                     {"pim.region", region_},
                     telemetry::profile_of(batch_)};
  if (!result.ok()) {
    span.failed = true;
    span.failure = to_string(result.error().kind);
  }
  return span;
}

void Committer::submit(std::vector<store::Append> batch) {
  if (batch.empty()) return;
  const telemetry::KeptSpanScope scope(batch_);  // the store works for it
  store_.append(std::move(batch), [self = shared_from_this()](store::BatchResult result) {
    self->on_batch(std::move(result));
  });
}

void Committer::on_batch(store::BatchResult result) {
  Deliveries deliveries(shards_.size());
  std::vector<store::Append> next;
  std::optional<telemetry::Span> span;
  bool unknown = false;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::closed) return;
    ++stats_.batches;
    stats_.appends += under_way_.size();
    const MonoTime committed = clock_.now();
    batch_appends_.observe(static_cast<double>(under_way_.size()));
    commit_seconds_.observe(committed - submitted_at_, batch_.sampled ? &batch_ : nullptr);
    if (batch_.sampled) span = batch_span(result, committed);
    pace(committed - submitted_at_);

    if (result.ok() && result.value().size() == under_way_.size()) {
      refused_at_ns_.store(INT64_MIN, std::memory_order_relaxed);
      for (std::size_t i = 0; i < under_way_.size(); ++i) {
        AppendResult& each = result.value()[i];
        if (each.kind == AppendResult::Kind::committed && each.receipt.last_position > 0) {
          stats_.events += each.receipt.last_position - each.receipt.first_position + 1;
        }
        deliveries[under_way_[i].shard].push_back({under_way_[i].ticket, kind_of(each.kind),
                                                   std::move(each.receipt), under_way_[i].offered,
                                                   submitted_at_, committed, batch_});
      }
      next = next_batch();
    } else if (!result.ok() && nothing_written(result.error().kind)) {
      const auto kind = result.error().kind == StoreErrorKind::disk_low
                            ? CommitResult::Kind::disk_low
                            : CommitResult::Kind::refused;
      if (result.error().kind != StoreErrorKind::rejected) {
        refused_at_ns_.store(clock_.now().time_since_epoch().count(), std::memory_order_relaxed);
      }
      for (const UnderWay& each : under_way_)
        deliveries[each.shard].push_back({each.ticket, kind, {}});
      next = next_batch();
    } else {  // anything else leaves the outcome open
      unknown = true;
      ++stats_.unknown;
      state_ = State::recovering;
      accepting_.store(false, std::memory_order_release);
      unresolved_ = std::exchange(under_way_, {});
      resolved_.assign(shards_.size(), {});
      for (std::size_t shard = 0; shard < queued_.size(); ++shard) {
        for (const CommitItem& item : queued_[shard]) {
          deliveries[shard].push_back({item.ticket, CommitResult::Kind::refused, {}});
        }
        queued_[shard].clear();
      }
      queued_total_ = 0;
    }
  }
  submit(std::move(next));  // first of all: the store should not wait for us
  deliver(std::move(deliveries));
  if (span) tracer_->end(std::move(*span));
  if (unknown) recover();
}

// A batch may take as long to write as to sync, so that waiting for it at most doubles what nobody
// can avoid: on a slow disk it grows, up to max_batch_, on a fast one it stays short.
void Committer::pace(std::chrono::nanoseconds batch_time) {
  const auto synced = store_.synced();
  const auto sync = std::min(batch_time, synced - std::exchange(synced_, synced));
  const auto commands = static_cast<std::int64_t>(std::max<std::size_t>(1, under_way_.size()));
  sync_time_ += (sync - sync_time_) / 8;
  append_time_ += ((batch_time - sync) / commands - append_time_) / 8;
  const auto fits =
      static_cast<std::size_t>(sync_time_ / std::max<std::chrono::nanoseconds>(append_time_, 1us));
  batch_limit_.store(std::clamp(fits, std::min(kLeastBatch, max_batch_), max_batch_),
                     std::memory_order_relaxed);
}

std::size_t Committer::window() const {
  const std::size_t share = 2 * batch_limit_.load(std::memory_order_relaxed) / shards_.size();
  return std::clamp(share, std::min(kLeastWindow, max_batch_), max_batch_);
}

void Committer::recover() {
  store_.recover([self = shared_from_this()](const store::StoreResult<void>& result) {
    self->on_recovered(result);
  });
}

void Committer::on_recovered(const store::StoreResult<void>& result) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::closed) return;
    if (!result.ok()) {
      state_ = State::recover_failed;
      retry_at_ = clock_.now() + kRetryInterval;
      return;
    }
  }
  on_recovered_();
  resolve();
}

// Asks for the receipt of every command whose outcome is open.
void Committer::resolve() {
  std::vector<UnderWay> open;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::closed) return;
    state_ = State::resolving;
    open = unresolved_;
    resolving_ = open.size();
  }
  for (std::size_t i = 0; i < open.size(); ++i) {
    store_.find_receipt(
        std::move(open[i].user_id), std::move(open[i].request_id), open[i].routing_id,
        [self = shared_from_this(), i](store::StoreResult<std::vector<store::Receipt>> result) {
          self->on_receipt(i, std::move(result));
        });
  }
}

void Committer::on_receipt(std::size_t index,
                           store::StoreResult<std::vector<store::Receipt>> result) {
  Deliveries deliveries;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::closed) return;
    UnderWay& each = unresolved_[index];
    if (result.ok()) {
      const bool found = !result.value().empty();
      resolved_[each.shard].push_back(
          {each.ticket, found ? CommitResult::Kind::found : CommitResult::Kind::lost,
           found ? std::move(result.value().front()) : store::Receipt{}});
      each.resolved = true;
    }
    if (--resolving_ > 0) return;
    std::erase_if(unresolved_, [](const UnderWay& open) { return open.resolved; });
    if (!unresolved_.empty()) {
      state_ = State::resolve_failed;
      retry_at_ = clock_.now() + kRetryInterval;
    } else {
      state_ = State::idle;
      accepting_.store(true, std::memory_order_release);
    }
    deliveries = std::exchange(resolved_, Deliveries(shards_.size()));
  }
  deliver(std::move(deliveries));
}

void Committer::tick() {
  if (accepting()) return;
  State due = State::idle;
  {
    const std::lock_guard lock(mutex_);
    if (clock_.now() < retry_at_) return;
    if (state_ == State::recover_failed) due = std::exchange(state_, State::recovering);
    if (state_ == State::resolve_failed) due = std::exchange(state_, State::resolving);
  }
  if (due == State::recover_failed) recover();
  if (due == State::resolve_failed) resolve();
}

void Committer::close() {
  const std::lock_guard lock(mutex_);
  state_ = State::closed;
  for (auto& queue : queued_) queue.clear();
}

bool Committer::writable() const {
  if (!accepting()) return false;
  const std::int64_t refused_at = refused_at_ns_.load(std::memory_order_relaxed);
  return refused_at == INT64_MIN ||
         clock_.now().time_since_epoch() - std::chrono::nanoseconds(refused_at) >=
             kUnwritableAfterRefusal;
}

CommitterStats Committer::stats() const {
  CommitterStats stats;
  {
    const std::lock_guard lock(mutex_);
    stats = stats_;
    stats.queued = queued_total_;
  }
  stats.batch_limit = batch_limit_.load(std::memory_order_relaxed);
  stats.batch_appends = batch_appends_.snapshot();
  stats.commit_seconds = commit_seconds_.snapshot();
  return stats;
}

void Committer::deliver(Deliveries deliveries) {
  for (std::size_t shard = 0; shard < deliveries.size(); ++shard) {
    if (!deliveries[shard].empty()) shards_[shard](std::move(deliveries[shard]));
  }
}

}  // namespace pim::spine
