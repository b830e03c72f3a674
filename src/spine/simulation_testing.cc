#include "spine/simulation_testing.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "domain/json.h"
#include "spine/fold.h"
#include "spine/history_check_testing.h"
#include "spine/manual_clock_testing.h"
#include "spine/requests_testing.h"
#include "spine/spine_core.h"
#include "store/sim_store_testing.h"

namespace pim::spine {
namespace {

using namespace std::chrono_literals;

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : rng_(seed), store_(seed ^ 0x5EED) {
    options_.shards = static_cast<std::uint32_t>(1 + pick(4));
    options_.max_batch = one_of<std::size_t>({1, 2, 4, 64});
    options_.queue_capacity = one_of<std::size_t>({4, 64});
    options_.cache_streams = one_of<std::size_t>({1, 3, 100});
    options_.snapshot_every = one_of<std::uint32_t>({1, 3, 200});
    commands_ = 20 + pick(40);
    calm_ = chance(200);
    submit_weight_ = 5 + pick(60);  // a busy life and a leisurely one meet different things
    if (!calm_) {
      store_.set_rates({.unavailable = pick(100),
                        .unknown = pick(80),
                        .load_fails = pick(60),
                        .recover_fails = pick(300)});
    }
    start();
  }

  SimulationResult run() {
    while (history_.attempts.size() < commands_) step();
    for (unsigned left = pick(40); left > 0; --left) step();
    std::string violation = heal();
    if (violation.empty()) violation = probe();
    if (violation.empty()) violation = violation_in(history_, store_);
    if (violation.empty()) violation = check_caches();
    std::string told = violation.empty() ? "" : describe(history_);
    return {std::move(violation), std::move(told), trace(), coverage()};
  }

 private:
  // --- chance

  unsigned pick(std::size_t below) { return static_cast<unsigned>(rng_() % below); }
  bool chance(unsigned per_thousand) { return pick(1000) < per_thousand; }
  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[pick(choices.size())];
  }

  // --- the world around the spine

  void start() {
    core_ = std::make_unique<SpineCore>(store_, clock_, options_, read_ownership(store_).value(),
                                        rng_());
  }
  void step();
  void run_one_shard() { core_->shards()[pick(core_->shards().size())]->run_once(); }
  void crash();
  void fence();
  std::string heal();
  std::string probe();
  std::string check_caches();

  // --- requests

  void submit(CommandRequest request, std::chrono::nanoseconds patience);
  void submit(CommandRequest request) {
    submit(std::move(request), one_of<std::chrono::milliseconds>({5ms, 60ms, 10s, 1h}));
  }
  CommandRequest fresh_request();
  CommandRequest another_request_of(const CommandRequest& earlier, bool same_body);
  Command any_command(StreamId stream, const std::string& user);
  bool exists(StreamId stream) const;
  std::uint64_t trace() const;
  SimulationCoverage coverage();
  void count_shards();

  std::mt19937_64 rng_;
  store::SimStore store_;
  ManualClock clock_;
  SpineOptions options_;
  std::size_t commands_ = 0;
  bool calm_ = false;
  unsigned submit_weight_ = 0;
  bool fenced_ = false;
  std::uint64_t now_ = 0;  // the history's logical clock
  History history_;
  SimulationCoverage coverage_;
  std::unique_ptr<SpineCore> core_;
};

void Simulation::step() {
  const unsigned draw = pick(submit_weight_ + 100);
  if (draw < submit_weight_) {
    const auto& attempts = history_.attempts;
    if (!attempts.empty() && chance(250)) {
      submit(
          another_request_of(attempts[pick(attempts.size())].request, /*same_body=*/!chance(200)));
    } else {
      submit(fresh_request());
    }
  } else if (draw < submit_weight_ + 45) {
    run_one_shard();
  } else if (draw < submit_weight_ + 90) {
    store_.step();
  } else if (draw < submit_weight_ + 97) {
    clock_.advance(chance(100) ? 200ms : std::chrono::milliseconds(pick(15)));
  } else if (!calm_ && chance(150)) {
    crash();
  } else if (!calm_ && chance(60)) {
    fence();
  } else if (!calm_ && chance(200)) {
    store_.fail_next_append(store::SimStore::Fault::disk_low);
  }
}

// The process dies: nothing is answered any more, and the next one starts on what the store has.
void Simulation::crash() {
  for (Attempt& attempt : history_.attempts) {
    if (attempt.replies == 0) attempt.crashed = true;
  }
  store_.crash();
  count_shards();
  start();
  fenced_ = false;
  ++coverage_.crashes;
}

// Another incarnation takes a bucket over; this one keeps running and does not know.
void Simulation::fence() {
  if (!store_.in_service() || history_.attempts.empty()) return;
  const StreamId stream = history_.attempts[pick(history_.attempts.size())].request.stream;
  const auto heads = store_.open_reader().value()->heads().value();
  const store::BucketHead& head = heads[bucket_of(stream.value).value];
  store::BucketHead next = head;
  ++next.epoch.value;
  if (!store_.change_head(head, next).ok()) return;
  history_.fences.push_back({head.bucket, head.next_position, next.epoch});
  fenced_ = true;
  ++coverage_.fences;
}

// Faults end; everything that was asked must be answered.
std::string Simulation::heal() {
  store_.set_rates({});
  store_.fail_next_append(store::SimStore::Fault::none);
  const auto open = [](const Attempt& attempt) { return attempt.replies == 0 && !attempt.crashed; };
  for (int rounds = 0; rounds < 10'000; ++rounds) {
    for (const auto& shard : core_->shards()) shard->run_once();
    if (store_.step()) continue;
    const bool recovered = core_->committer().accepting();
    if (recovered && std::ranges::none_of(history_.attempts, open)) return {};
    clock_.advance(20ms);
  }
  return "a command was never answered";
}

// After the faults every stream takes commands again.
std::string Simulation::probe() {
  if (fenced_) {
    count_shards();
    start();
  }
  for (unsigned n = 1; n <= 3; ++n) {
    for (const StreamId stream : {patient(n), facility(n)}) {
      const auto command = stream == patient(n) ? register_patient(n) : register_facility(n);
      submit(request("ann", "probe", stream, command), 1h);
      if (auto stuck = heal(); !stuck.empty()) return stuck;
      const Outcome outcome = history_.attempts.back().reply->outcome;
      if (outcome != Outcome::accepted && outcome != Outcome::rejected) {
        return "after all faults have ended, a command was refused with outcome " +
               std::to_string(static_cast<int>(outcome));
      }
    }
  }
  return {};
}

// What the executors hold, and what a load from a snapshot gives, is what the events add up to.
std::string Simulation::check_caches() {
  std::vector<StreamId> streams;
  for (const Attempt& attempt : history_.attempts) streams.push_back(attempt.request.stream);
  std::ranges::sort(streams);
  const auto repeated = std::ranges::unique(streams);
  streams.erase(repeated.begin(), repeated.end());

  auto reader = store_.open_reader().value();
  for (const StreamId stream : streams) {
    const auto events = reader->read_stream(bucket_of(stream.value), stream, 0, 10'000).value();
    const FoldedStream expected = fold({{}, events}).value();
    const auto same = [&](const FoldedStream& other) {
      return other.version == expected.version && other.tenant == expected.tenant &&
             other.state == expected.state;
    };
    const FoldedStream* cached = core_->shard_of(stream).executor().peek(stream);
    if (cached != nullptr && !same(*cached)) return "a cached state is not what its events say";

    bool loads = false;
    store_.load(bucket_of(stream.value), stream, [&](store::StoreResult<store::StreamHistory> got) {
      const auto folded = fold(got.value());
      loads = folded.ok() && same(folded.value());
    });
    store_.run();
    if (!loads) return "a snapshot and the events after it are not what all events say";
  }
  return {};
}

void Simulation::submit(CommandRequest request, std::chrono::nanoseconds patience) {
  const std::size_t index = history_.attempts.size();
  request.origin.span_id = span_of(index);
  request.origin.recorded_at.value = kEpochTime.value + static_cast<std::int64_t>(index);
  request.deadline = clock_.now() + patience;
  Attempt& attempt = history_.attempts.emplace_back();
  attempt.request = request;
  attempt.invoked = ++now_;
  core_->submit(std::move(request), [this, &attempt](CommandReply reply) {
    if (attempt.crashed) return;
    ++attempt.replies;
    attempt.answered = ++now_;
    attempt.reply = std::move(reply);
  });
}

CommandRequest Simulation::fresh_request() {
  const std::string user = one_of<std::string>({"ann", "bob", "eve", "max"});
  const unsigned kind = pick(10);
  const StreamId stream = kind < 6   ? patient(1 + pick(3))
                          : kind < 8 ? provider(1 + pick(2))
                                     : facility(1 + pick(2));
  std::optional<Version> if_match;
  if (chance(150)) if_match = pick(6);
  const std::string id = "k" + std::to_string(history_.attempts.size());
  auto made = request(user, id, stream, any_command(stream, user), if_match);
  if (user == "eve") return with_tenants(std::move(made), {"south"});
  if (user == "max") return with_tenants(std::move(made), {"south", "north"});
  return made;
}

CommandRequest Simulation::another_request_of(const CommandRequest& earlier, bool same_body) {
  if (same_body) return earlier;
  const std::string& user = earlier.origin.user_id;
  auto other = request(user, earlier.origin.request_id, earlier.stream,
                       any_command(earlier.stream, user), earlier.if_match);
  other.tenants = earlier.tenants;
  other.origin.tenant = earlier.origin.tenant;
  return other;
}

bool Simulation::exists(StreamId stream) const {
  return std::ranges::any_of(history_.attempts, [&](const Attempt& attempt) {
    return attempt.request.stream == stream && attempt.reply &&
           attempt.reply->outcome == Outcome::accepted;
  });
}

Command Simulation::any_command(StreamId stream, const std::string& user) {
  const unsigned number = stream.value.bytes[15];
  const bool create = exists(stream) ? chance(50) : user != "eve" && chance(700);
  if (stream == facility(number)) {
    if (create) return register_facility(number);
    AmendFacility amend;
    amend.beds = static_cast<std::int32_t>(pick(30));
    return amend;
  }
  if (stream == provider(number)) {
    if (create) return register_provider(number, 1 + pick(2));
    return chance(300) ? retire_provider()
                       : Command(AmendProvider{{}, FacilityId{facility(1 + pick(2)).value}});
  }
  if (create) return register_patient(number);
  const unsigned visit = 1 + pick(3);
  switch (pick(9)) {
    case 0:
    case 1:
    case 2:
      return admit(visit, 1 + pick(2), 1 + pick(2));
    case 3:
      return discharge(visit);
    case 4:
      return record_diagnosis(pick(5), visit, static_cast<int>(1 + pick(3)));
    case 5:
      return void_diagnosis(pick(5), visit);
    case 6:
      return open_bill(pick(3), visit);
    case 7:
      return add_charge(visit, 100 + pick(100));
    default:
      return amend_patient(static_cast<int>(1980 + pick(6)));
  }
}

std::uint64_t Simulation::trace() const {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1099511628211ULL; };
  for (const Attempt& attempt : history_.attempts) {
    mix(attempt.invoked);
    mix(attempt.answered);
    if (!attempt.reply) continue;
    mix(static_cast<std::uint64_t>(attempt.reply->outcome));
    mix(attempt.reply->version);
    mix(attempt.reply->last_position);
    mix(attempt.reply->replayed ? 1 : 0);
  }
  mix(static_cast<std::uint64_t>(clock_.now().time_since_epoch().count()));
  return hash;
}

void Simulation::count_shards() {
  for (const auto& shard : core_->shards()) {
    const ShardStats stats = shard->stats();
    coverage_.conflicts += stats.conflicts;
    coverage_.cold_loads += stats.cold_loads;
    coverage_.joined_or_cached += stats.dedupe_hits;
  }
  coverage_.unknown_batches += core_->committer().stats().unknown;
}

SimulationCoverage Simulation::coverage() {
  count_shards();
  for (const Attempt& attempt : history_.attempts) {
    if (!attempt.reply) continue;
    ++coverage_.outcomes.at(static_cast<std::size_t>(attempt.reply->outcome));
    if (attempt.reply->replayed) ++coverage_.replayed;
  }
  return coverage_;
}

}  // namespace

void SimulationCoverage::add(const SimulationCoverage& other) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += other.outcomes[i];
  replayed += other.replayed;
  crashes += other.crashes;
  fences += other.fences;
  unknown_batches += other.unknown_batches;
  conflicts += other.conflicts;
  cold_loads += other.cold_loads;
  joined_or_cached += other.joined_or_cached;
}

SimulationResult simulate(std::uint64_t seed) { return Simulation(seed).run(); }

}  // namespace pim::spine
