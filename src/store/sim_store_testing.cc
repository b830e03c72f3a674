#include "store/sim_store_testing.h"

#include <algorithm>
#include <set>
#include <utility>

#include "store/append_rules.h"
#include "store/planted.h"

namespace pim::store {
namespace {

Err<StoreError> fail(StoreErrorKind kind, std::string message) {
  return Err{StoreError{kind, std::move(message)}};
}
Err<StoreError> out_of_service() {
  return fail(StoreErrorKind::unavailable, "simulated store: out of service until recover()");
}

}  // namespace

// One piece of pending work. `run` does it and returns true where a second step is to follow.
struct SimStore::Task {
  std::function<bool()> run;
  bool is_append = false;
  std::function<void()> lose_or_apply;  // appends: what a crash leaves
};

SimStore::SimStore(std::uint64_t seed) : rng_(seed), events_(kBuckets) {
  node_ = NodeId{uuid_v7(1'700'000'000'000, rng_(), rng_())};
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    BucketHead head;
    head.bucket = BucketId{static_cast<std::uint16_t>(bucket)};
    head.owner = node_;
    head.epoch = Epoch{1};
    heads_.push_back(head);
  }
}

SimStore::~SimStore() = default;

bool SimStore::step() {
  if (pending_.empty()) return false;
  const std::size_t chosen = rng_() % pending_.size();
  std::unique_ptr<Task> task = std::move(pending_[chosen]);
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(chosen));
  if (task->run()) pending_.push_back(std::move(task));
  return true;
}

void SimStore::run() {
  while (step()) {
  }
}

void SimStore::crash() {
  auto dying = std::exchange(pending_, {});
  for (const auto& task : dying) {
    if (task->is_append && chance(500)) task->lose_or_apply();
  }
  listener_ = nullptr;
  next_fault_ = Fault::none;
  in_service_ = true;
}

SimStore::Fault SimStore::draw_fault() {
  if (next_fault_ != Fault::none) return std::exchange(next_fault_, Fault::none);
  if (chance(rates_.unavailable)) return Fault::unavailable;
  if (chance(rates_.unknown)) return chance(500) ? Fault::unknown_applied : Fault::unknown_lost;
  return Fault::none;
}

void SimStore::append(std::vector<Append> batch, BatchDone done) {
  struct Work {
    std::vector<Append> batch;
    BatchDone done;
    bool committed = false;
    std::vector<AppendResult> results;
    std::vector<EventRecord> events;
  };
  auto work = std::make_shared<Work>();
  work->batch = std::move(batch);
  work->done = std::move(done);

  auto task = std::make_unique<Task>();
  task->is_append = true;
  task->lose_or_apply = [this, work] {
    if (!work->committed && in_service_) commit(work->batch, work->events);
  };
  task->run = [this, work]() -> bool {
    if (work->committed) {
      if (listener_ && !work->events.empty()) {
        listener_(std::make_shared<const std::vector<EventRecord>>(std::move(work->events)));
      }
      work->done(std::move(work->results));
      return false;
    }
    if (!in_service_) {
      work->done(out_of_service());
      return false;
    }
    for (const Append& append : work->batch) {
      if (auto error = malformed(append)) {
        work->done(Err{std::move(*error)});
        return false;
      }
    }
    const Fault fault = draw_fault();
    switch (fault) {
      case Fault::none:
        work->results = commit(work->batch, work->events);
        work->committed = true;
        return true;
      case Fault::unavailable:
        work->done(fail(StoreErrorKind::unavailable, "simulated: nothing was written"));
        return false;
      case Fault::disk_low:
        work->done(fail(StoreErrorKind::disk_low, "simulated: disk low"));
        return false;
      case Fault::unknown_applied:
      case Fault::unknown_lost:
        if (fault == Fault::unknown_applied) commit(work->batch, work->events);
        in_service_ = false;
        work->done(fail(StoreErrorKind::unknown, "simulated: the outcome is unknown"));
        return false;
    }
    return false;
  };
  pending_.push_back(std::move(task));
}

std::vector<AppendResult> SimStore::commit(std::vector<Append>& batch,
                                           std::vector<EventRecord>& committed) {
  std::vector<AppendResult> results;
  for (Append& append : batch) {
    const std::size_t events = append.events.size();
    const BucketId bucket = append.bucket;
    results.push_back(commit_one(append));
    if (results.back().kind != AppendResult::Kind::committed) continue;
    const auto& all = events_[bucket.value];
    committed.insert(committed.end(), all.end() - static_cast<std::ptrdiff_t>(events), all.end());
  }
  return results;
}

AppendResult SimStore::commit_one(Append& append) {
  using Kind = AppendResult::Kind;
  BucketHead& head = heads_[append.bucket.value];
  if (!owns(head, append)) return {Kind::fenced, {}};

  const Origin& origin = append.receipt.origin;
  const ReceiptKey key{origin.user_id, origin.request_id, append.stream};
  if (const auto found = receipt_index_.find(key);
      found != receipt_index_.end() && !planted(Bug::lost_dedupe)) {
    return {Kind::duplicate, receipts_[found->second]};
  }
  std::vector<std::uint64_t>& stream = streams_[append.stream];
  if (stream.size() != append.expected_version) return {Kind::conflict, {}};

  const std::uint64_t first = head.next_position;
  for (std::size_t i = 0; i < append.events.size(); ++i) {
    EventRecord record = make_record(append, i, head.next_position, head.chain_hash);
    head.chain_hash = record.hash;
    stream.push_back(head.next_position++);
    events_[append.bucket.value].push_back(std::move(record));
  }
  Receipt receipt = complete_receipt(append, first);
  receipt_index_[key] = receipts_.size();
  receipts_.push_back(receipt);
  return {Kind::committed, std::move(receipt)};
}

const EventRecord& SimStore::event_at(BucketId bucket, std::uint64_t position) const {
  return events_[bucket.value][position - 1];
}

StreamHistory SimStore::history(StreamId stream) const {
  StreamHistory history;
  Version after = 0;
  if (const auto snapshot = snapshots_.find(stream); snapshot != snapshots_.end()) {
    history.snapshot.push_back(snapshot->second);
    after = snapshot->second.version;
  }
  if (const auto positions = streams_.find(stream); positions != streams_.end()) {
    for (Version version = after; version < positions->second.size(); ++version) {
      history.events.push_back(event_at(bucket_of(stream.value), positions->second[version]));
    }
  }
  return history;
}

void SimStore::load(BucketId, StreamId stream, LoadDone done) {
  auto task = std::make_unique<Task>();
  task->run = [this, stream, done = std::move(done)] {
    if (!in_service_) {
      done(out_of_service());
    } else if (chance(rates_.load_fails)) {
      done(fail(StoreErrorKind::unavailable, "simulated: load failed"));
    } else {
      done(history(stream));
    }
    return false;
  };
  pending_.push_back(std::move(task));
}

void SimStore::save_snapshot(Snapshot snapshot) {
  auto task = std::make_unique<Task>();
  task->run = [this, snapshot = std::move(snapshot)] {
    const auto stream = streams_.find(snapshot.stream);
    // One that is ahead of the history was folded from a batch that was lost.
    const bool usable =
        in_service_ && stream != streams_.end() && snapshot.version <= stream->second.size();
    if (!usable) return false;
    Snapshot& kept = snapshots_[snapshot.stream];
    if (kept.version < snapshot.version) kept = snapshot;
    return false;
  };
  pending_.push_back(std::move(task));
}

void SimStore::find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                            ReceiptDone done) {
  auto task = std::make_unique<Task>();
  ReceiptKey key{std::move(user_id), std::move(request_id), routing_id};
  task->run = [this, key = std::move(key), done = std::move(done)] {
    if (!in_service_) {
      done(out_of_service());
      return false;
    }
    if (chance(rates_.load_fails)) {
      done(fail(StoreErrorKind::unavailable, "simulated: find_receipt failed"));
      return false;
    }
    std::vector<Receipt> found;
    const auto at = receipt_index_.find(key);
    if (at != receipt_index_.end() && !planted(Bug::lost_dedupe)) {
      found.push_back(receipts_[at->second]);
    }
    done(std::move(found));
    return false;
  };
  pending_.push_back(std::move(task));
}

void SimStore::recover(Done done) {
  auto task = std::make_unique<Task>();
  task->run = [this, done = std::move(done)] {
    if (chance(rates_.recover_fails)) {
      in_service_ = false;
      done(fail(StoreErrorKind::unavailable, "simulated: recovery failed"));
      return false;
    }
    in_service_ = true;
    done({});
    return false;
  };
  pending_.push_back(std::move(task));
}

StoreResult<void> SimStore::change_head(const BucketHead& expected, const BucketHead& next) {
  if (!in_service_) return out_of_service();
  if (expected.bucket != next.bucket || expected.bucket.value >= kBuckets) {
    return fail(StoreErrorKind::rejected, "change_head: not the head of one bucket");
  }
  BucketHead& head = heads_[expected.bucket.value];
  if (head.owner != expected.owner || head.epoch != expected.epoch ||
      head.state != expected.state) {
    return fail(StoreErrorKind::conflict, "change_head: the stored head is another one");
  }
  if (next.epoch < head.epoch) {
    return fail(StoreErrorKind::rejected, "change_head: an epoch never goes back");
  }
  if (next.epoch > head.epoch) epoch_ends_[{head.bucket, head.epoch}] = head.next_position - 1;
  head.owner = next.owner;
  head.epoch = next.epoch;
  head.state = next.state;
  return {};
}

class SimStore::SimReader final : public Reader {
 public:
  explicit SimReader(const SimStore& store) : store_(store) {}

  StoreResult<std::vector<BucketHead>> heads() override {
    if (!store_.in_service_) return out_of_service();
    return store_.heads_;
  }
  StoreResult<std::vector<EventRecord>> read_bucket(BucketId bucket, std::uint64_t after_position,
                                                    std::size_t limit) override {
    if (!store_.in_service_) return out_of_service();
    const auto& all = store_.events_[bucket.value];
    std::vector<EventRecord> page;
    for (std::uint64_t i = after_position; i < all.size() && page.size() < limit; ++i) {
      page.push_back(all[i]);
    }
    return page;
  }
  StoreResult<std::vector<EventRecord>> read_stream(BucketId bucket, StreamId stream,
                                                    Version after_version,
                                                    std::size_t limit) override {
    if (!store_.in_service_) return out_of_service();
    std::vector<EventRecord> page;
    const auto found = store_.streams_.find(stream);
    if (found == store_.streams_.end()) return page;
    for (Version v = after_version; v < found->second.size() && page.size() < limit; ++v) {
      page.push_back(store_.event_at(bucket, found->second[v]));
    }
    return page;
  }
  StoreResult<std::vector<Receipt>> read_receipts(std::uint64_t& cursor,
                                                  std::size_t limit) override {
    if (!store_.in_service_) return out_of_service();
    std::vector<Receipt> page;
    while (cursor < store_.receipts_.size() && page.size() < limit) {
      page.push_back(store_.receipts_[cursor++]);
    }
    return page;
  }
  StoreResult<std::optional<std::uint64_t>> last_position_of(BucketId bucket,
                                                             Epoch epoch) override {
    if (!store_.in_service_) return out_of_service();
    if (epoch >= store_.heads_[bucket.value].epoch) return std::optional<std::uint64_t>{};
    // An epoch without a row of its own wrote nothing beyond the one before it.
    auto at = store_.epoch_ends_.upper_bound({bucket, epoch});
    if (at == store_.epoch_ends_.begin()) return std::optional<std::uint64_t>{0};
    --at;
    if (at->first.first != bucket) return std::optional<std::uint64_t>{0};
    return std::optional<std::uint64_t>{at->second};
  }

 private:
  const SimStore& store_;
};

StoreResult<std::unique_ptr<Reader>> SimStore::open_reader() {
  return std::unique_ptr<Reader>(std::make_unique<SimReader>(*this));
}

void SimStore::on_commit(CommitListener listener) { listener_ = std::move(listener); }

}  // namespace pim::store
