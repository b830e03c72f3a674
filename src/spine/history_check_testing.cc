#include "spine/history_check_testing.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "domain/json.h"
#include "spine/answers.h"

namespace pim::spine {

namespace {

struct Violation {
  std::string what;
};

void require(bool holds, const std::string& what) {
  if (!holds) throw Violation{what};
}

using Key = std::tuple<std::string, std::string, StreamId>;

Key key_of(const CommandRequest& request) {
  return {request.origin.user_id, request.origin.request_id, request.stream};
}
Key key_of(const store::Receipt& receipt) {
  return {receipt.origin.user_id, receipt.origin.request_id, receipt.routing_id};
}

struct Stream {
  StreamKind kind = StreamKind::patient;
  TenantId tenant;
  std::vector<store::EventRecord> events;
  std::vector<StreamState> states;  // by version, from 0

  Version version() const { return events.size(); }
};

bool is_answer_of_receipt(Outcome outcome) {
  return outcome == Outcome::accepted || outcome == Outcome::rejected || outcome == Outcome::stale;
}

class Check {
 public:
  Check(const History& history, store::EventStore& store) : history_(history), store_(store) {}

  void run() {
    read();
    for (const auto& [bucket, events] : buckets_) check_chain(bucket, events);
    for (const store::Receipt& receipt : receipts_) check_receipt(receipt);
    for (std::size_t i = 0; i < history_.attempts.size(); ++i) check_attempt(i);
    for (const Fence& fence : history_.fences) check_fence(fence);
  }

 private:
  void read();
  void check_chain(BucketId bucket, const std::vector<store::EventRecord>& events) const;
  void check_receipt(const store::Receipt& receipt);
  void check_decision(const Attempt& attempt, const store::Receipt& receipt) const;
  void check_attempt(std::size_t index) const;
  void check_answer(const std::string& who, const Attempt& attempt) const;
  void check_not_found(const std::string& who, const Attempt& attempt) const;
  void check_fence(const Fence& fence) const;

  const store::Receipt* receipt_under(const Key& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }
  const Stream& stream(StreamId id) const {
    static const Stream absent{{}, {}, {}, {StreamState{}}};
    const auto found = streams_.find(id);
    return found == streams_.end() ? absent : found->second;
  }
  // The versions of a stream that may have been current at some moment of the attempt.
  std::pair<Version, Version> window(StreamId id, const Attempt& attempt) const;
  // True where `holds` is true for some combination of reference versions in their windows.
  bool any_references(const Attempt& attempt, const TenantId& tenant,
                      const std::function<bool(const References&)>& holds) const;

  const History& history_;
  store::EventStore& store_;
  std::vector<store::Receipt> receipts_;
  std::map<Key, const store::Receipt*> by_key_;
  std::map<StreamId, Stream> streams_;
  std::map<BucketId, std::vector<store::EventRecord>> buckets_;
  std::map<Key, std::uint64_t> known_at_;  // when somebody was first told what the receipt says
  std::set<std::size_t> wrote_;            // attempts that left a receipt
};

void Check::read() {
  auto reader = store_.open_reader().value();
  std::uint64_t cursor = 0;
  receipts_ = reader->read_receipts(cursor, 10'000).value();
  for (const store::Receipt& receipt : receipts_) {
    require(by_key_.emplace(key_of(receipt), &receipt).second,
            "two receipts under the key " + receipt.origin.request_id);
    wrote_.insert(attempt_of(receipt.origin.span_id));
  }
  for (const Attempt& attempt : history_.attempts) {
    const StreamId id = attempt.request.stream;
    const BucketId bucket = bucket_of(id.value);
    if (!buckets_.contains(bucket)) {
      buckets_[bucket] = reader->read_bucket(bucket, 0, 10'000).value();
    }
    if (attempt.reply && is_answer_of_receipt(attempt.reply->outcome)) {
      auto& known = known_at_.try_emplace(key_of(attempt.request), attempt.answered).first->second;
      known = std::min(known, attempt.answered);
    }
    if (streams_.contains(id)) continue;
    Stream stream;
    stream.events = reader->read_stream(bucket, id, 0, 10'000).value();
    stream.states.emplace_back();
    for (const store::EventRecord& record : stream.events) {
      stream.states.push_back(stream.states.back());
      evolve(stream.states.back(), event_from_json(record.type, record.data).value());
    }
    if (!stream.events.empty()) {
      stream.kind = stream.events.front().kind;
      stream.tenant = stream.events.front().origin.tenant;
    }
    streams_.emplace(id, std::move(stream));
  }
}

void Check::check_chain(BucketId bucket, const std::vector<store::EventRecord>& events) const {
  store::Digest previous;
  std::map<StreamId, Version> versions;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string where =
        "bucket " + std::to_string(bucket.value) + ", position " + std::to_string(i + 1);
    require(events[i].position == i + 1, where + ": a gap");
    require(events[i].prev_hash == previous, where + ": the chain is broken");
    require(events[i].version == ++versions[events[i].stream], where + ": a gap in the stream");
    require(!events[i].origin.user_id.empty(), where + ": an event without its user");
    const store::Receipt* receipt =
        receipt_under({events[i].origin.user_id, events[i].origin.request_id, events[i].stream});
    require(receipt != nullptr, where + ": an event without its receipt");
    require(events[i].position >= receipt->first_position &&
                events[i].position <= receipt->last_position,
            where + ": an event that its receipt does not cover");
    require(events[i].origin == receipt->origin, where + ": not its receipt's origin");
    previous = events[i].hash;
  }
}

void Check::check_receipt(const store::Receipt& receipt) {
  const std::string who = "receipt of " + receipt.origin.request_id;
  const std::size_t index = attempt_of(receipt.origin.span_id);
  require(index < history_.attempts.size(), who + ": nobody asked for it");
  const Attempt& attempt = history_.attempts[index];
  require(key_of(attempt.request) == key_of(receipt), who + ": another key than the request's");
  require(attempt.request.fingerprint == receipt.fingerprint, who + ": another fingerprint");

  const Version count =
      receipt.last_position == 0 ? 0 : receipt.last_position - receipt.first_position + 1;
  const Stream& changed = stream(receipt.routing_id);
  require((receipt.status < 300) == (count > 0), who + ": events and status do not agree");
  require(receipt.version <= changed.version() && receipt.version >= count,
          who + ": not a version of its stream");
  for (Version v = receipt.version - count; v < receipt.version; ++v) {
    require(changed.events[v].origin == receipt.origin, who + ": another command's event");
  }
  // Whoever was answered precedes whoever asked later.
  require(receipt.version - count >= window(receipt.routing_id, attempt).first,
          who + ": decided on a version older than one already told");
  check_decision(attempt, receipt);
}

// The model makes the same decision on the same version.
void Check::check_decision(const Attempt& attempt, const store::Receipt& receipt) const {
  const CommandRequest& request = attempt.request;
  const std::string who = "decision of " + receipt.origin.request_id;
  const Stream& changed = stream(request.stream);
  const Version count =
      receipt.last_position == 0 ? 0 : receipt.last_position - receipt.first_position + 1;
  const Version base = receipt.version - count;

  if (!creates_stream(request.command)) {
    require(base > 0 && changed.kind == stream_kind_of(request.command),
            who + ": there is no such stream");
    require(std::ranges::count(request.tenants, changed.tenant) > 0, who + ": another tenant's");
    require(receipt.origin.tenant == changed.tenant, who + ": not under its stream's tenant");
    const bool stale = request.if_match && *request.if_match != base;
    require(stale == (receipt.status == 412), who + ": If-Match was not held");
    if (stale) return;
  }
  const bool agrees = any_references(attempt, receipt.origin.tenant, [&](const References& refs) {
    const auto decision = decide(changed.states[base], refs, request.command);
    if (!decision.ok()) {
      return receipt.status == 409 && decision.error().type == receipt.problem_type &&
             params_to_json(decision.error().params) == receipt.problem_params;
    }
    if (receipt.status >= 300 || decision.value().size() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (event_to_json(decision.value()[i]) != changed.events[base + i].data) return false;
    }
    return true;
  });
  require(agrees, who + ": the model decides otherwise");
}

void Check::check_attempt(std::size_t index) const {
  const Attempt& attempt = history_.attempts[index];
  const std::string who =
      "attempt " + std::to_string(index) + " (" + attempt.request.origin.request_id + ")";
  require(attempt.replies <= 1, who + ": answered twice");
  if (attempt.crashed) return;
  require(attempt.replies == 1, who + ": never answered");
  check_answer(who, attempt);
  switch (attempt.reply->outcome) {
    case Outcome::overloaded:
    case Outcome::deadline:
    case Outcome::not_applied:
    case Outcome::disk_low:
      require(!wrote_.contains(index), who + ": told that it was not applied, but it was");
      break;
    case Outcome::not_found:
      require(!wrote_.contains(index), who + ": told 404, but it left a receipt");
      check_not_found(who, attempt);
      break;
    default:
      break;
  }
}

// What was told is what the receipt says, for as long as receipts are kept.
void Check::check_answer(const std::string& who, const Attempt& attempt) const {
  const CommandReply& reply = *attempt.reply;
  const store::Receipt* receipt = receipt_under(key_of(attempt.request));
  if (reply.outcome == Outcome::key_reused) {
    require(receipt != nullptr && receipt->fingerprint != attempt.request.fingerprint,
            who + ": no other request has this key");
    return;
  }
  if (!is_answer_of_receipt(reply.outcome)) return;
  require(receipt != nullptr, who + ": acknowledged and lost");
  require(receipt->fingerprint == attempt.request.fingerprint,
          who + ": answered, though another request has this key");
  const bool own = receipt->origin.span_id == attempt.request.origin.span_id;
  require(reply.replayed == !own, who + ": `replayed` is wrong");
  const CommandReply expected = reply_from(*receipt, reply.replayed);
  require(reply.outcome == expected.outcome && reply.status == expected.status &&
              reply.problem_type == expected.problem_type &&
              reply.problem_params == expected.problem_params &&
              reply.version == expected.version && reply.events == expected.events &&
              reply.last_position == expected.last_position && reply.epoch == expected.epoch &&
              reply.bucket == expected.bucket,
          who + ": the answer is not what the receipt says");
}

void Check::check_not_found(const std::string& who, const Attempt& attempt) const {
  const CommandRequest& request = attempt.request;
  const Key key = key_of(request);
  if (const auto known = known_at_.find(key); known != known_at_.end()) {
    const bool covered = std::ranges::count(request.tenants, receipt_under(key)->origin.tenant) > 0;
    require(!covered || known->second > attempt.invoked, who + ": 404, but the key has a receipt");
  }
  const Stream& asked = stream(request.stream);
  const auto [low, high] = window(request.stream, attempt);
  for (Version version = low; version <= high; ++version) {
    const bool visible = version > 0 && asked.kind == stream_kind_of(request.command) &&
                         std::ranges::count(request.tenants, asked.tenant) > 0;
    if (!visible && !creates_stream(request.command)) {
      if (attempt.reply->problem_type == absent_stream(request.command).type) return;
      continue;
    }
    if (request.if_match && *request.if_match != version) continue;
    const bool missing = any_references(attempt, asked.tenant, [&](const References& refs) {
      const auto decision = decide(asked.states[version], refs, request.command);
      return !decision.ok() && is_not_found(decision.error()) &&
             decision.error().type == attempt.reply->problem_type;
    });
    if (missing) return;
  }
  throw Violation{who + ": 404 at no version that was current"};
}

void Check::check_fence(const Fence& fence) const {
  for (const store::Receipt& receipt : receipts_) {
    if (bucket_of(receipt.routing_id.value) != fence.bucket) continue;
    if (receipt.first_position < fence.next_position) continue;
    require(receipt.epoch >= fence.epoch,
            "receipt of " + receipt.origin.request_id + ": written behind the fence");
  }
}

std::pair<Version, Version> Check::window(StreamId id, const Attempt& attempt) const {
  std::pair<Version, Version> window{0, 0};
  for (const store::EventRecord& event : stream(id).events) {
    const Key key{event.origin.user_id, event.origin.request_id, id};
    const auto known = known_at_.find(key);
    if (known != known_at_.end() && known->second < attempt.invoked) window.first = event.version;
    const Attempt& writer = history_.attempts[attempt_of(event.origin.span_id)];
    if (attempt.replies == 0 || writer.invoked < attempt.answered) window.second = event.version;
  }
  return window;
}

bool Check::any_references(const Attempt& attempt, const TenantId& tenant,
                           const std::function<bool(const References&)>& holds) const {
  References references;
  references.now = attempt.request.origin.recorded_at;
  const std::vector<ReferenceId> ids = references_of(attempt.request.command);
  const std::function<bool(std::size_t)> from = [&](std::size_t next) {
    if (next == ids.size()) return holds(references);
    const StreamId id =
        std::visit([](const auto& each) { return StreamId{each.value}; }, ids[next]);
    const bool wants_provider = std::holds_alternative<ProviderId>(ids[next]);
    const Stream& referenced = stream(id);
    const auto [low, high] = window(id, attempt);
    for (Version version = low; version <= high; ++version) {
      ReferenceFact fact;
      if (version > 0 && referenced.tenant == tenant) {
        const StreamState& state = referenced.states[version];
        if (const auto* as_provider = std::get_if<Provider>(&state);
            wants_provider && as_provider) {
          fact = {version, as_provider->status};
        }
        if (const auto* as_facility = std::get_if<Facility>(&state);
            !wants_provider && as_facility) {
          fact = {version, as_facility->status};
        }
      }
      if (wants_provider) {
        references.providers.assign(1, {std::get<ProviderId>(ids[next]), fact});
      } else {
        references.facilities.assign(1, {std::get<FacilityId>(ids[next]), fact});
      }
      if (from(next + 1)) return true;
    }
    return false;
  };
  return from(0);
}

}  // namespace

std::string violation_in(const History& history, store::EventStore& store) {
  try {
    Check(history, store).run();
  } catch (const Violation& violation) {
    return violation.what;
  }
  return {};
}

}  // namespace pim::spine
