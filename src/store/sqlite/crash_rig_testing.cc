#include "store/sqlite/crash_rig_testing.h"

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "store/sample_testing.h"
#include "store/sqlite/engine.h"

namespace pim::store::sqlite {
namespace {

using Kind = AppendResult::Kind;

constexpr const char* kDirectory = "/store";
constexpr std::uint64_t kStreams = 24;

std::vector<StreamId> some_streams() {
  std::vector<StreamId> streams;
  for (std::uint64_t i = 0; i < kStreams; ++i) {
    const BucketId bucket{static_cast<std::uint16_t>((i % 8) * 585)};  // 8 of 4,096, far apart
    static std::map<std::uint64_t, StreamId> known;  // finding one takes thousands of tries
    if (known.count(i) == 0) known[i] = sample::stream_in(bucket, i / 8);
    streams.push_back(known[i]);
  }
  return streams;
}

}  // namespace

CrashRig::CrashRig(std::uint64_t seed)
    : seed_(seed), rng_(seed), disk_(rng_()), vfs_(disk_), streams_(some_streams()) {}

CrashRig::CrashRig(std::uint64_t seed, const CrashRig& image)
    : seed_(seed), rng_(seed), disk_(rng_(), image.disk_), vfs_(disk_), streams_(some_streams()) {}

CrashRig::~CrashRig() = default;

void CrashRig::problem(Tally& tally, std::uint64_t& count, const std::string& what) {
  ++count;
  if (tally.first_problem.empty()) {
    tally.first_problem = "seed " + std::to_string(seed_) + ", loss " +
                          std::to_string(disk_.power_losses()) + ": " + what;
  }
}

StoreResult<void> CrashRig::open() {
  SqliteOptions options;
  options.directory = kDirectory;
  options.vfs = vfs_.name();
  options.files = &vfs_.files();
  options.reader_threads = 1;
  options.checkpoint_bytes = 96 << 10;  // so that the log is copied back every few batches
  options.wal_cap_bytes = 256 << 10;
  options.cache_bytes = (seed_ % 2 == 0) ? 64 << 10 : 8 << 20;  // small: spills within batches
  options.idle = std::chrono::hours(1);
  options.sync_in_place = !syncs_in_background_;
  options.heal_interval = std::chrono::milliseconds(1);
  options.now = [] { return UtcMillis{1'700'000'000'000}; };
  auto opened = open_sqlite_store(options);
  if (!opened) return Err{opened.error()};
  store_ = std::move(*opened);
  // Until something was acknowledged, a creation that power interrupted may be done again.
  if (acknowledged_.empty() && undecided_.empty()) node_ = store_->node();
  return {};
}

std::vector<CrashRig::Expected> CrashRig::random_batch() {
  std::vector<Expected> batch;
  std::map<StreamId, Version> versions = versions_;
  const std::uint64_t size = 1 + pick(6);
  for (std::uint64_t i = 0; i < size; ++i) {
    const StreamId stream = streams_[pick(streams_.size())];
    const std::string request = "r" + std::to_string(next_request_++);
    Version& version = versions[stream];
    const std::uint64_t choice = pick(10);
    if (choice == 0 && !acknowledged_.empty()) {
      auto earlier = acknowledged_.begin();
      std::advance(earlier, static_cast<std::ptrdiff_t>(pick(acknowledged_.size())));
      batch.push_back({earlier->second.append, Kind::duplicate});
    } else if (choice == 1) {
      batch.push_back({sample::append(node_, stream, version + 7, 1, request), Kind::conflict});
    } else if (choice == 2) {
      Append fenced = sample::append(node_, stream, version, 1, request);
      fenced.epoch = Epoch{9};
      batch.push_back({std::move(fenced), Kind::fenced});
    } else if (choice == 3) {
      batch.push_back({sample::rejection(node_, stream, version, request), Kind::committed});
    } else {
      const std::size_t events = 1 + pick(3);
      Append append = sample::append(node_, stream, version, events, request);
      append.events[0].data = "{\"pad\":\"" + std::string(pick(3000), 'x') + "\"}";
      version += events;
      batch.push_back({std::move(append), Kind::committed});
    }
  }
  return batch;
}

BatchResult CrashRig::submit(const std::vector<Expected>& batch) {
  std::vector<Append> appends;
  for (const Expected& each : batch) appends.push_back(each.append);
  std::promise<BatchResult> promise;
  auto future = promise.get_future();
  store_->append(std::move(appends),
                 [&promise](BatchResult result) { promise.set_value(std::move(result)); });
  BatchResult result = future.get();
  settle();
  return result;
}

void CrashRig::settle() {
  BucketHead nobodys;
  nobodys.epoch = Epoch{1'000'000};
  (void)store_->change_head(nobodys, nobodys);  // never matches; runs after all that came before
}

void CrashRig::acknowledge(const std::vector<Expected>& batch,
                           const std::vector<AppendResult>& results, Tally& tally) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Append& append = batch[i].append;
    const std::string& request = append.receipt.origin.request_id;
    if (results[i].kind != batch[i].kind) {
      problem(tally, tally.broken, "request " + request + " got another answer than expected");
    }
    if (results[i].kind == Kind::committed) {
      versions_[append.stream] += append.events.size();
      acknowledged_[request] = {append, results[i].receipt};
    } else if (results[i].kind == Kind::duplicate &&
               results[i].receipt != acknowledged_[request].receipt) {
      problem(tally, tally.lost, "request " + request + " was replayed with another receipt");
    }
  }
}

StoreResult<void> CrashRig::work(int batches, Tally& tally) {
  for (int i = 0; i < batches; ++i) {
    const std::vector<Expected> batch = random_batch();
    BatchResult result = submit(batch);
    if (result) {
      acknowledge(batch, *result, tally);
      continue;
    }
    if (result.error().kind == StoreErrorKind::unknown) undecided_ = batch;
    return Err{result.error()};
  }
  return {};
}

StoreResult<void> CrashRig::work_through_faults(int batches, Tally& tally) {
  constexpr int kTries = 10;
  for (int i = 0; i < batches; ++i) {
    const std::vector<Expected> batch = random_batch();
    bool decided = false;
    for (int tries = 0; tries < kTries && !decided; ++tries) {
      BatchResult result = submit(batch);
      if (result) {
        acknowledge(batch, *result, tally);
        decided = true;
      } else if (result.error().kind == StoreErrorKind::unknown) {
        undecided_ = batch;
        for (int again = 0; again < kTries; ++again) {
          if (recover()) break;
        }
        if (auto resolved = resolve(tally); !resolved) return resolved;
        const bool any_new = std::any_of(batch.begin(), batch.end(), [](const Expected& each) {
          return each.kind == Kind::committed;
        });
        decided = !any_new || std::any_of(batch.begin(), batch.end(), [&](const Expected& each) {
          return each.kind == Kind::committed &&
                 acknowledged_.count(each.append.receipt.origin.request_id) > 0;
        });
      } else if (tries + 1 == kTries) {
        return Err{result.error()};
      }
    }
  }
  return {};
}

StoreResult<void> CrashRig::recover() {
  std::promise<StoreResult<void>> promise;
  auto future = promise.get_future();
  store_->recover([&promise](StoreResult<void> result) { promise.set_value(std::move(result)); });
  return future.get();
}

StoreResult<void> CrashRig::lose_power(Tally& tally) {
  disk_.cut_power();
  close();
  disk_.restore_power();
  ++tally.power_losses;
  return open();
}

StoreResult<void> CrashRig::resolve(Tally& tally) {
  std::vector<std::pair<const Expected*, Receipt>> found;
  std::size_t new_ones = 0;
  for (const Expected& each : undecided_) {
    if (each.kind != Kind::committed) continue;
    ++new_ones;
    std::promise<StoreResult<std::vector<Receipt>>> promise;
    auto future = promise.get_future();
    const Origin& origin = each.append.receipt.origin;
    store_->find_receipt(origin.user_id, origin.request_id, each.append.stream,
                         [&promise](StoreResult<std::vector<Receipt>> result) {
                           promise.set_value(std::move(result));
                         });
    auto receipt = future.get();
    if (!receipt) return Err{receipt.error()};
    if (!receipt->empty()) found.emplace_back(&each, receipt->front());
  }
  if (!found.empty() && found.size() != new_ones) {
    problem(tally, tally.torn_batches, "an undecided batch is there in part");
  }
  for (auto& [each, receipt] : found) {
    versions_[each->append.stream] += each->append.events.size();
    const std::string request = receipt.origin.request_id;
    acknowledged_[request] = {each->append, std::move(receipt)};
  }
  undecided_.clear();
  return {};
}

// One comparison of a store with the oracle.
class CrashRig::Audit {
 public:
  Audit(CrashRig& rig, Tally& tally) : rig_(rig), tally_(tally) {}

  void run() {
    auto reader = rig_.store_->open_reader();
    if (!reader || !read(**reader)) {
      rig_.problem(tally_, tally_.broken, "the store cannot be read");
      return;
    }
    for (const auto& [request, expected] : rig_.acknowledged_) {
      ++tally_.acknowledged;
      check_one(request, expected);
    }
    for (const auto& [request, count] : receipts_) {
      if (rig_.acknowledged_.count(request) == 0) {
        rig_.problem(tally_, tally_.phantom, "a receipt of " + request);
      }
      if (count.size() > 1) {
        rig_.problem(tally_, tally_.duplicated, "receipts of " + request);
      }
    }
    for (const auto& [request, events] : events_) {
      const auto known = rig_.acknowledged_.find(request);
      if (known == rig_.acknowledged_.end()) {
        rig_.problem(tally_, tally_.phantom, "events of " + request);
      } else if (events.size() > known->second.append.events.size()) {
        rig_.problem(tally_, tally_.duplicated, "events of " + request);
      }
    }
  }

 private:
  bool read(Reader& reader) {
    auto heads = reader.heads();
    if (!heads) return false;
    std::set<BucketId> used;
    for (const StreamId& stream : rig_.streams_) used.insert(bucket_of(stream.value));
    for (const BucketHead& head : *heads) {
      if (used.count(head.bucket) == 0 && head.next_position == 1) continue;
      const std::string broken = sample::chain_problem(reader, head);
      if (!broken.empty()) rig_.problem(tally_, tally_.broken, broken);
      auto events = reader.read_bucket(head.bucket, 0, 10'000);
      if (!events) return false;
      for (EventRecord& event : *events) {
        events_[event.origin.request_id].push_back(std::move(event));
      }
    }
    std::uint64_t cursor = 0;
    while (true) {
      auto page = reader.read_receipts(cursor, 1000);
      if (!page) return false;
      if (page->empty()) return true;
      for (Receipt& receipt : *page) {
        receipts_[receipt.origin.request_id].push_back(std::move(receipt));
      }
    }
  }

  void check_one(const std::string& request, const Acknowledged& expected) {
    const auto receipt = receipts_.find(request);
    if (receipt == receipts_.end() || receipt->second.front() != expected.receipt) {
      rig_.problem(tally_, tally_.lost, "the receipt of " + request);
      return;
    }
    const std::vector<EventRecord>& events = events_[request];
    const std::size_t wanted = expected.append.events.size();
    for (std::size_t i = 0; i < wanted; ++i) {
      const bool there = i < events.size() && events[i].id == expected.append.events[i].id &&
                         events[i].data == expected.append.events[i].data &&
                         events[i].position == expected.receipt.first_position + i &&
                         events[i].version == expected.append.expected_version + i + 1 &&
                         events[i].origin == expected.append.receipt.origin;
      if (!there) {
        rig_.problem(tally_, tally_.lost, "event " + std::to_string(i) + " of " + request);
        return;
      }
    }
    if (wanted == 0) events_.erase(request);
  }

  CrashRig& rig_;
  Tally& tally_;
  std::map<std::string, std::vector<Receipt>> receipts_;
  std::map<std::string, std::vector<EventRecord>> events_;
};

void CrashRig::check(Tally& tally) {
  if (!acknowledged_.empty() && store_->node() != node_) {
    problem(tally, tally.lost, "the store was made anew");
  }
  Audit(*this, tally).run();
}

}  // namespace pim::store::sqlite
