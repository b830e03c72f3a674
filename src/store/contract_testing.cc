#include "store/contract_testing.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "store/sample_testing.h"

namespace pim::store {
namespace {

using Kind = AppendResult::Kind;

std::vector<Kind> kinds(const BatchResult& result) {
  std::vector<Kind> kinds;
  if (!result) return kinds;
  for (const AppendResult& one : *result) kinds.push_back(one.kind);
  return kinds;
}

template <class... Appends>
std::vector<Append> batch_of(Appends... appends) {
  std::vector<Append> batch;
  (batch.push_back(std::move(appends)), ...);
  return batch;
}

constexpr BucketId kBucket{7};
constexpr BucketId kOther{4095};

}  // namespace

std::string engine_name(const testing::TestParamInfo<Engine>& info) { return info.param.name; }

EventStoreContract::EventStoreContract() : harness_(GetParam().make()) {}
EventStoreContract::~EventStoreContract() = default;

template <class T>
T EventStoreContract::await(std::future<T> future) {
  using namespace std::chrono_literals;
  while (future.wait_for(0s) != std::future_status::ready) {
    if (!harness_->step() && future.wait_for(60s) != std::future_status::ready) {
      ADD_FAILURE() << "a completion did not arrive within 60 s";
      std::abort();  // the engine still holds references to this frame
    }
  }
  return future.get();
}

BatchResult EventStoreContract::append(std::vector<Append> batch) {
  auto promise = std::make_shared<std::promise<BatchResult>>();
  store().append(std::move(batch),
                 [promise](BatchResult result) { promise->set_value(std::move(result)); });
  return await(promise->get_future());
}

StoreResult<StreamHistory> EventStoreContract::load(StreamId stream) {
  auto promise = std::make_shared<std::promise<StoreResult<StreamHistory>>>();
  store().load(bucket_of(stream.value), stream, [promise](StoreResult<StreamHistory> result) {
    promise->set_value(std::move(result));
  });
  return await(promise->get_future());
}

StoreResult<std::vector<Receipt>> EventStoreContract::find(const std::string& user,
                                                           const std::string& request,
                                                           StreamId routing_id) {
  auto promise = std::make_shared<std::promise<StoreResult<std::vector<Receipt>>>>();
  store().find_receipt(user, request, routing_id,
                       [promise](StoreResult<std::vector<Receipt>> result) {
                         promise->set_value(std::move(result));
                       });
  return await(promise->get_future());
}

StoreResult<void> EventStoreContract::recover() {
  auto promise = std::make_shared<std::promise<StoreResult<void>>>();
  store().recover([promise](StoreResult<void> result) { promise->set_value(std::move(result)); });
  return await(promise->get_future());
}

Receipt EventStoreContract::commit(Append one) {
  auto result = append(batch_of(std::move(one)));
  EXPECT_TRUE(result.ok()) << result.error().message;
  if (!result.ok()) return {};
  EXPECT_EQ(kinds(result), std::vector{Kind::committed});
  return result->front().receipt;
}

BucketHead EventStoreContract::head(BucketId bucket) {
  auto reader = store().open_reader();
  EXPECT_TRUE(reader.ok());
  auto heads = (*reader)->heads();
  EXPECT_TRUE(heads.ok());
  return (*heads)[bucket.value];
}

std::string EventStoreContract::chain_problems() {
  auto reader = store().open_reader();
  if (!reader) return reader.error().message;
  auto heads = (*reader)->heads();
  if (!heads) return heads.error().message;
  for (const BucketHead& each : *heads) {
    std::string problem = sample::chain_problem(**reader, each);
    if (!problem.empty()) return problem;
  }
  return {};
}

TEST_P(EventStoreContract, OwnsEveryBucketWhenNew) {
  auto reader = store().open_reader();
  ASSERT_TRUE(reader.ok());
  auto heads = (*reader)->heads();
  ASSERT_TRUE(heads.ok());
  ASSERT_EQ(heads->size(), kBuckets);
  EXPECT_FALSE(store().node().value.is_nil());
  for (std::size_t i = 0; i < heads->size(); ++i) {
    BucketHead expected;
    expected.bucket = BucketId{static_cast<std::uint16_t>(i)};
    expected.owner = store().node();
    expected.epoch = Epoch{1};
    ASSERT_EQ((*heads)[i], expected) << i;
  }
}

TEST_P(EventStoreContract, NumbersAndChainsWhatItCommits) {
  const NodeId node = store().node();
  const StreamId a = sample::stream_in(kBucket, 0);
  const StreamId b = sample::stream_in(kBucket, 1);
  const StreamId c = sample::stream_in(kOther, 0);
  auto result = append(batch_of(sample::append(node, a, 0, 2, "r1"),  //
                                sample::append(node, b, 0, 1, "r2"),  //
                                sample::append(node, c, 0, 1, "r3"),  //
                                sample::append(node, a, 2, 3, "r4")));
  ASSERT_TRUE(result.ok()) << result.error().message;
  ASSERT_EQ(kinds(result), std::vector(4, Kind::committed));

  const Receipt& last = result->back().receipt;
  EXPECT_EQ(last.version, 5u);
  EXPECT_EQ(last.first_position, 4u);
  EXPECT_EQ(last.last_position, 6u);
  EXPECT_EQ(last.epoch, Epoch{1});
  EXPECT_EQ((*result)[2].receipt.first_position, 1u) << "positions are per bucket";

  EXPECT_EQ(head(kBucket).next_position, 7u);
  EXPECT_EQ(head(kOther).next_position, 2u);
  EXPECT_EQ(chain_problems(), "");
}

TEST_P(EventStoreContract, GivesBackEveryFieldOfAnEvent) {
  const StreamId stream = sample::stream_in(kBucket, 0);
  Append one = sample::append(store().node(), stream, 0, 1, "r1");
  one.kind = StreamKind::facility;
  one.receipt.origin.reason = "entered-in-error";
  one.receipt.origin.span_id = {1, 2, 3, 4, 5, 6, 7, 8};
  one.events[0].schema_version = 9;
  one.events[0].data = "{\"text\":\"caf\xC3\xA9 \\u0000\"}";
  const Append sent = one;
  commit(std::move(one));

  auto history = load(stream);
  ASSERT_TRUE(history.ok());
  ASSERT_EQ(history->events.size(), 1u);
  EventRecord expected;
  expected.id = sent.events[0].id;
  expected.stream = stream;
  expected.kind = StreamKind::facility;
  expected.version = 1;
  expected.bucket = kBucket;
  expected.position = 1;
  expected.type = sent.events[0].type;
  expected.schema_version = 9;
  expected.data = sent.events[0].data;
  expected.origin = sent.receipt.origin;
  expected.hash = hash_of(expected);
  EXPECT_EQ(history->events[0], expected);
}

TEST_P(EventStoreContract, KeepsTheReceiptOfAnAcceptance) {
  const StreamId stream = sample::stream_in(kBucket, 0);
  const Receipt made = commit(sample::append(store().node(), stream, 0, 2, "r1"));
  auto found = find("u.demo", "r1", stream);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front(), made);
  EXPECT_EQ(made.origin, sample::origin("r1"));
  EXPECT_EQ(made.fingerprint, sha256("r1"));
}

TEST_P(EventStoreContract, FindsNoReceiptUnderAnotherKey) {
  const StreamId stream = sample::stream_in(kBucket, 0);
  commit(sample::append(store().node(), stream, 0, 1, "r1"));
  EXPECT_TRUE(find("u.other", "r1", stream)->empty());
  EXPECT_TRUE(find("u.demo", "r2", stream)->empty());
  EXPECT_TRUE(find("u.demo", "r1", sample::stream_in(kBucket, 1))->empty());
}

TEST_P(EventStoreContract, KeepsARejectionWithoutEvents) {
  const StreamId stream = sample::stream_in(kBucket, 0);
  commit(sample::append(store().node(), stream, 0, 1, "r1"));
  const BucketHead before = head(kBucket);
  const Receipt rejected = commit(sample::rejection(store().node(), stream, 1, "r2"));
  EXPECT_EQ(rejected.status, 409);
  EXPECT_EQ(rejected.problem_type, "encounter-not-open");
  EXPECT_EQ(rejected.version, 1u);
  EXPECT_EQ(rejected.first_position, 0u);
  EXPECT_EQ(rejected.last_position, 0u);
  EXPECT_EQ(head(kBucket), before);
  EXPECT_EQ(find("u.demo", "r2", stream)->front(), rejected);
}

TEST_P(EventStoreContract, AnswersADuplicateWithTheEarlierReceipt) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  const Receipt first = commit(sample::append(node, stream, 0, 1, "r1"));
  const BucketHead before = head(kBucket);

  Append again = sample::append(node, stream, 0, 1, "r1");  // decided on the old version
  again.receipt.fingerprint = sha256("another body");
  Append later = sample::append(node, stream, 1, 1, "r1");  // decided on the present one
  auto result = append(batch_of(again, later));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(kinds(result), std::vector(2, Kind::duplicate));
  EXPECT_EQ((*result)[0].receipt, first);
  EXPECT_EQ((*result)[1].receipt, first);
  EXPECT_EQ(head(kBucket), before);
}

TEST_P(EventStoreContract, FindsADuplicateWithinOneBatch) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  auto result = append(batch_of(sample::append(node, stream, 0, 1, "r1"),
                                sample::append(node, stream, 1, 1, "r1"),
                                sample::append(node, stream, 1, 1, "r2")));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(kinds(result), (std::vector{Kind::committed, Kind::duplicate, Kind::committed}));
  EXPECT_EQ((*result)[1].receipt, (*result)[0].receipt);
  EXPECT_EQ(chain_problems(), "");
}

TEST_P(EventStoreContract, SharesARequestIdBetweenStreams) {
  const NodeId node = store().node();
  auto result = append(batch_of(sample::append(node, sample::stream_in(kBucket, 0), 0, 1, "r1"),
                                sample::append(node, sample::stream_in(kBucket, 1), 0, 1, "r1")));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(kinds(result), std::vector(2, Kind::committed));
}

TEST_P(EventStoreContract, RemovesAConflictWithItsDependants) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  const StreamId other = sample::stream_in(kBucket, 1);
  commit(sample::append(node, stream, 0, 1, "r1"));
  auto result = append(batch_of(
      sample::append(node, stream, 0, 2, "stale"), sample::append(node, stream, 2, 1, "dependant"),
      sample::rejection(node, stream, 3, "dependent rejection"),
      sample::append(node, other, 0, 1, "r2"), sample::append(node, stream, 1, 1, "r3")));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(kinds(result), (std::vector{Kind::conflict, Kind::conflict, Kind::conflict,
                                        Kind::committed, Kind::committed}));
  EXPECT_TRUE(find("u.demo", "stale", stream)->empty());
  EXPECT_TRUE(find("u.demo", "dependant", stream)->empty());
  EXPECT_TRUE(find("u.demo", "dependent rejection", stream)->empty());
  EXPECT_EQ(load(stream)->events.size(), 2u);
  EXPECT_EQ(chain_problems(), "");
}

TEST_P(EventStoreContract, RefusesAVersionThatIsNotThereYet) {
  const StreamId stream = sample::stream_in(kBucket, 0);
  auto result = append(batch_of(sample::append(store().node(), stream, 5, 1, "r1")));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(kinds(result), std::vector{Kind::conflict});
  EXPECT_TRUE(load(stream)->events.empty());
}

TEST_P(EventStoreContract, WritesNothingForAnOldEpochAndTheRestOfItsBatch) {
  const NodeId node = store().node();
  const StreamId lost = sample::stream_in(kBucket, 0);
  const StreamId kept = sample::stream_in(kOther, 0);
  commit(sample::append(node, lost, 0, 1, "r1"));

  const BucketHead before = head(kBucket);
  BucketHead after = before;
  after.owner = NodeId{sample::uuid(99)};
  after.epoch = Epoch{2};
  ASSERT_TRUE(store().change_head(before, after).ok());

  auto result = append(
      batch_of(sample::append(node, lost, 1, 1, "r2"), sample::append(node, kept, 0, 1, "r3"),
               sample::append(node, lost, 2, 1, "r4"), sample::rejection(node, lost, 1, "r5")));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(kinds(result),
            (std::vector{Kind::fenced, Kind::committed, Kind::fenced, Kind::fenced}));
  EXPECT_EQ(head(kBucket), after);
  EXPECT_EQ(load(lost)->events.size(), 1u);
  EXPECT_TRUE(find("u.demo", "r2", lost)->empty());
  EXPECT_TRUE(find("u.demo", "r5", lost)->empty());

  Append heir = sample::append(after.owner, lost, 1, 1, "r6");
  heir.epoch = after.epoch;
  EXPECT_EQ(commit(heir).epoch, Epoch{2});
  EXPECT_EQ(chain_problems(), "");
}

TEST_P(EventStoreContract, FencesAnOwnerOfAnotherNameEpochOrState) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  Append stranger = sample::append(NodeId{sample::uuid(99)}, stream, 0, 1, "r1");
  Append early = sample::append(node, stream, 0, 1, "r2");
  early.epoch = Epoch{2};
  auto result = append(batch_of(stranger, early));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(kinds(result), std::vector(2, Kind::fenced));

  for (const BucketState state :
       {BucketState::sealed, BucketState::importing, BucketState::moved, BucketState::suspect}) {
    const BucketHead before = head(kBucket);
    BucketHead closed = before;
    closed.state = state;
    ASSERT_TRUE(store().change_head(before, closed).ok());
    result = append(batch_of(sample::append(node, stream, 0, 1, "r3")));
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(kinds(result), std::vector{Kind::fenced}) << to_string(state);
  }
}

TEST_P(EventStoreContract, ChangesAHeadOnlyAgainstTheStoredOne) {
  const BucketHead stored = head(kBucket);
  BucketHead next = stored;
  next.epoch = Epoch{2};

  BucketHead wrong = stored;
  wrong.epoch = Epoch{3};
  auto result = store().change_head(wrong, next);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, StoreErrorKind::conflict);

  wrong = stored;
  wrong.owner = NodeId{sample::uuid(5)};
  EXPECT_FALSE(store().change_head(wrong, next).ok());
  wrong = stored;
  wrong.state = BucketState::sealed;
  EXPECT_FALSE(store().change_head(wrong, next).ok());
  EXPECT_EQ(head(kBucket), stored);

  next.next_position = 77;  // not his to change
  next.chain_hash = sha256("x");
  ASSERT_TRUE(store().change_head(stored, next).ok());
  BucketHead expected = stored;
  expected.epoch = Epoch{2};
  EXPECT_EQ(head(kBucket), expected);

  result = store().change_head(stored, next);
  ASSERT_FALSE(result.ok()) << "the second of two equal changes must lose";
  EXPECT_EQ(result.error().kind, StoreErrorKind::conflict);

  BucketHead back = expected;
  back.epoch = Epoch{1};
  result = store().change_head(expected, back);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, StoreErrorKind::rejected);
}

TEST_P(EventStoreContract, RemembersWhereEachEpochEnded) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  commit(sample::append(node, stream, 0, 3, "r1"));
  auto reader = store().open_reader();
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(*(*reader)->last_position_of(kBucket, Epoch{1}), std::nullopt);

  const BucketHead before = head(kBucket);
  BucketHead after = before;
  after.epoch = Epoch{4};
  ASSERT_TRUE(store().change_head(before, after).ok());
  Append next = sample::append(node, stream, 3, 1, "r2");
  next.epoch = Epoch{4};
  commit(next);

  EXPECT_EQ(*(*reader)->last_position_of(kBucket, Epoch{1}), 3u);
  EXPECT_EQ(*(*reader)->last_position_of(kBucket, Epoch{3}), 3u) << "it wrote nothing of its own";
  EXPECT_EQ(*(*reader)->last_position_of(kBucket, Epoch{4}), std::nullopt);
  EXPECT_EQ(*(*reader)->last_position_of(kOther, Epoch{1}), std::nullopt);
}

TEST_P(EventStoreContract, PagesThroughABucketAndAStream) {
  const NodeId node = store().node();
  const StreamId a = sample::stream_in(kBucket, 0);
  const StreamId b = sample::stream_in(kBucket, 1);
  commit(sample::append(node, a, 0, 5, "r1"));
  commit(sample::append(node, b, 0, 2, "r2"));
  auto reader = store().open_reader();
  ASSERT_TRUE(reader.ok());

  auto page = (*reader)->read_bucket(kBucket, 0, 3);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->size(), 3u);
  EXPECT_EQ(page->back().position, 3u);
  page = (*reader)->read_bucket(kBucket, 3, 100);
  ASSERT_EQ(page->size(), 4u);
  EXPECT_EQ(page->back().position, 7u);
  EXPECT_TRUE((*reader)->read_bucket(kBucket, 7, 100)->empty());
  EXPECT_TRUE((*reader)->read_bucket(BucketId{8}, 0, 100)->empty());
  EXPECT_TRUE((*reader)->read_bucket(BucketId{6}, 0, 100)->empty());

  page = (*reader)->read_stream(kBucket, a, 2, 2);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ(page->front().version, 3u);
  EXPECT_EQ((*reader)->read_stream(kBucket, a, 4, 100)->size(), 1u);
  EXPECT_TRUE((*reader)->read_stream(kBucket, a, 5, 100)->empty());
}

TEST_P(EventStoreContract, PagesThroughReceipts) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  std::vector<Append> batch;
  for (Version i = 0; i < 25; ++i) {
    batch.push_back(sample::append(node, stream, i, 1, "r" + std::to_string(i)));
  }
  ASSERT_TRUE(append(std::move(batch)).ok());
  auto reader = store().open_reader();
  ASSERT_TRUE(reader.ok());
  std::uint64_t cursor = 0;
  std::set<std::string> seen;
  std::size_t pages = 0;
  while (true) {
    auto page = (*reader)->read_receipts(cursor, 10);
    ASSERT_TRUE(page.ok());
    if (page->empty()) break;
    ++pages;
    for (const Receipt& receipt : *page) {
      EXPECT_TRUE(seen.insert(receipt.origin.request_id).second) << "twice";
    }
  }
  EXPECT_EQ(seen.size(), 25u);
  EXPECT_EQ(pages, 3u);
}

TEST_P(EventStoreContract, LoadsNothingOfAStreamThatDoesNotExist) {
  auto history = load(sample::stream_in(kBucket, 0));
  ASSERT_TRUE(history.ok());
  EXPECT_TRUE(history->snapshot.empty());
  EXPECT_TRUE(history->events.empty());
}

TEST_P(EventStoreContract, LoadsTheNewestSnapshotAndWhatFollows) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  const StreamId other = sample::stream_in(kBucket, 1);
  commit(sample::append(node, stream, 0, 6, "r1"));
  commit(sample::append(node, other, 0, 2, "r2"));
  for (const Version version : {2u, 4u, 3u}) {
    Snapshot snapshot;
    snapshot.stream = stream;
    snapshot.version = version;
    snapshot.tenant = *TenantId::parse("north-health");
    snapshot.state = "state at " + std::to_string(version);
    store().save_snapshot(std::move(snapshot));
  }
  std::optional<StreamHistory> with_snapshot;
  for (int tries = 0; tries < 100'000; ++tries) {  // saved some time later
    auto history = load(stream);
    ASSERT_TRUE(history.ok());
    const bool newest = !history->snapshot.empty() && history->snapshot[0].version == 4;
    if (!newest) continue;
    with_snapshot = std::move(*history);
    break;
  }
  ASSERT_TRUE(with_snapshot) << "the snapshot at version 4 never appeared";
  EXPECT_EQ(with_snapshot->snapshot[0].state, "state at 4");
  EXPECT_EQ(with_snapshot->snapshot[0].tenant.text(), "north-health");
  ASSERT_EQ(with_snapshot->events.size(), 2u);
  EXPECT_EQ(with_snapshot->events[0].version, 5u);
  EXPECT_TRUE(load(other)->snapshot.empty());
}

TEST_P(EventStoreContract, DropsASnapshotThatIsAheadOfItsStream) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  const StreamId other = sample::stream_in(kBucket, 1);
  commit(sample::append(node, stream, 0, 2, "r1"));
  commit(sample::append(node, other, 0, 1, "r2"));
  Snapshot ahead;  // folded from a batch that was lost
  ahead.stream = stream;
  ahead.version = 3;
  ahead.tenant = *TenantId::parse("north-health");
  store().save_snapshot(ahead);
  Snapshot good = ahead;
  good.stream = other;
  good.version = 1;
  store().save_snapshot(good);
  bool saved = false;  // the later one; so the earlier one was looked at
  for (int tries = 0; tries < 100'000 && !saved; ++tries) saved = !load(other)->snapshot.empty();
  ASSERT_TRUE(saved);
  while (step()) {
  }
  auto history = load(stream);
  ASSERT_TRUE(history.ok());
  EXPECT_TRUE(history->snapshot.empty());
  EXPECT_EQ(history->events.size(), 2u);
}

TEST_P(EventStoreContract, LoadsWholePrefixesWhileAppending) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  constexpr Version kBatches = 60;
  std::promise<void> all_done;
  std::atomic<Version> acknowledged{0};
  std::function<void(BatchResult)> next = [&](BatchResult result) {
    if (!result.ok() || result->front().kind != Kind::committed) {
      ADD_FAILURE() << "an append failed";
      all_done.set_value();
      return;
    }
    const Version version = result->front().receipt.version;
    acknowledged = version;
    if (version == kBatches) {
      all_done.set_value();
    } else {
      store().append(
          batch_of(sample::append(node, stream, version, 1, "r" + std::to_string(version))), next);
    }
  };
  store().append(batch_of(sample::append(node, stream, 0, 1, "r0")), next);
  while (acknowledged < kBatches && !HasFailure()) {
    const Version at_least = acknowledged;
    auto history = load(stream);
    ASSERT_TRUE(history.ok());
    ASSERT_GE(history->events.size(), at_least);
    for (std::size_t i = 0; i < history->events.size(); ++i) {
      ASSERT_EQ(history->events[i].version, i + 1);
    }
  }
  await(all_done.get_future());
  EXPECT_EQ(load(stream)->events.size(), kBatches);
}

TEST_P(EventStoreContract, HandsItsListenerWhatWasCommitted) {
  const NodeId node = store().node();
  const StreamId a = sample::stream_in(kBucket, 0);
  const StreamId b = sample::stream_in(kOther, 0);
  std::mutex mutex;
  std::vector<std::vector<EventRecord>> calls;
  store().on_commit([&](const CommittedEvents& events) {
    const std::lock_guard lock(mutex);
    calls.push_back(*events);
  });
  ASSERT_TRUE(
      append(batch_of(sample::append(node, a, 0, 2, "r1"), sample::append(node, b, 0, 1, "r2")))
          .ok());
  const auto called = [&] {
    const std::lock_guard lock(mutex);
    return calls.size();
  };
  EXPECT_EQ(called(), 1u) << "before the completion";
  ASSERT_TRUE(append(batch_of(sample::rejection(node, a, 2, "r3"))).ok());
  ASSERT_TRUE(append(batch_of(sample::append(node, b, 7, 1, "conflict"))).ok());
  EXPECT_EQ(called(), 1u);
  ASSERT_TRUE(append(batch_of(sample::append(node, a, 2, 1, "r4"))).ok());
  EXPECT_EQ(called(), 2u);
  const std::lock_guard lock(mutex);
  ASSERT_EQ(calls.size(), 2u);
  auto reader = store().open_reader();
  ASSERT_TRUE(reader.ok());
  auto stored = *(*reader)->read_bucket(kBucket, 0, 10);
  ASSERT_EQ(stored.size(), 3u);
  EXPECT_EQ(calls[1], std::vector{stored.back()});
  stored.pop_back();
  const auto other = *(*reader)->read_bucket(kOther, 0, 10);
  stored.insert(stored.end(), other.begin(), other.end());
  EXPECT_EQ(calls[0], stored) << "each event as it is read back, in the order of the batch";
}

TEST_P(EventStoreContract, RefusesAMalformedBatchAsAWhole) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  const Append good = sample::append(node, stream, 0, 1, "r1");
  std::vector<Append> bad(4, sample::append(node, sample::stream_in(kOther, 0), 0, 1, "r2"));
  bad[0].bucket = kBucket;
  bad[1].receipt.origin.user_id.clear();
  bad[2].receipt.routing_id = stream;
  bad[3].events[0].data.assign((1u << 20) + 1, 'x');
  for (const Append& one : bad) {
    auto result = append(batch_of(good, one));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, StoreErrorKind::rejected) << result.error().message;
  }
  EXPECT_TRUE(load(stream)->events.empty());
}

TEST_P(EventStoreContract, CommitsAnEmptyBatch) {
  auto result = append({});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->empty());
}

TEST_P(EventStoreContract, CommitsOneBatchOverManyBuckets) {
  std::vector<Append> batch;
  for (std::uint64_t i = 1; i <= 500; ++i) {
    const StreamId stream{sample::uuid(i)};
    batch.push_back(sample::append(store().node(), stream, 0, 2, "r"));
  }
  std::size_t listed = 0;
  store().on_commit([&](const CommittedEvents& events) { listed = events->size(); });
  auto result = append(std::move(batch));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(kinds(result), std::vector(500, Kind::committed));
  ASSERT_TRUE(append({}).ok());
  EXPECT_EQ(listed, 1000u);
  EXPECT_EQ(chain_problems(), "");
}

TEST_P(EventStoreContract, KeepsEverythingThroughARecovery) {
  const NodeId node = store().node();
  const StreamId stream = sample::stream_in(kBucket, 0);
  auto reader = store().open_reader();
  ASSERT_TRUE(reader.ok());
  const Receipt before = commit(sample::append(node, stream, 0, 2, "r1"));
  ASSERT_TRUE(recover().ok());
  EXPECT_EQ(store().node(), node);
  EXPECT_EQ(find("u.demo", "r1", stream)->front(), before);
  EXPECT_EQ((*reader)->read_stream(kBucket, stream, 0, 10)->size(), 2u) << "an older reader";
  commit(sample::append(node, stream, 2, 1, "r2"));
  EXPECT_EQ((*reader)->read_stream(kBucket, stream, 0, 10)->size(), 3u);
  EXPECT_EQ(chain_problems(), "");
}

}  // namespace pim::store
