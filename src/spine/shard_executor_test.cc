#include <gtest/gtest.h>

#include <chrono>

#include "spine/answers.h"
#include "spine/spine_fixture_testing.h"
#include "spine/standing_wait.h"
#include "store/planted_testing.h"

namespace pim::spine {
namespace {

using namespace std::chrono_literals;
using store::SimStore;

TEST(ShardExecutor, AcceptsACreateWith201AndItsPosition) {
  SpineFixture spine;
  const auto reply = spine.ask(request("ann", "r1", patient(1), register_patient(1)));
  EXPECT_EQ(reply.outcome, Outcome::accepted);
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.version, 1U);
  EXPECT_EQ(reply.events, 1U);
  EXPECT_EQ(reply.last_position, 1U);
  EXPECT_EQ(reply.bucket, bucket_of(patient(1).value));
  EXPECT_EQ(reply.epoch, Epoch{1});
  EXPECT_FALSE(reply.replayed);
  ASSERT_EQ(spine.events_of(patient(1)).size(), 1U);
  EXPECT_EQ(spine.events_of(patient(1))[0].origin.user_id, "ann");
}

TEST(ShardExecutor, AnswersAChangeWith200) {
  SpineFixture spine;
  spine.given_the_world();
  const auto reply = spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  EXPECT_EQ(reply.outcome, Outcome::accepted);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.version, 2U);
}

TEST(ShardExecutor, NeverAnswersBeforeTheBatchIsDurable) {
  SpineFixture spine;
  spine.given_the_world();
  const auto& accepted = spine.submit(request("ann", "r1", patient(1), amend_patient(1981)));
  const auto& rejected = spine.submit(request("ann", "r2", patient(1), amend_patient(1981)));
  const auto& missing = spine.submit(request("ann", "r3", patient(1), discharge(9)));
  spine.run_shards();
  EXPECT_FALSE(accepted.reply || rejected.reply || missing.reply);
  spine.settle();
  EXPECT_EQ(accepted.reply->outcome, Outcome::accepted);
  EXPECT_EQ(rejected.reply->outcome, Outcome::rejected);
  EXPECT_EQ(rejected.reply->problem_type, "nothing-to-change");
  EXPECT_EQ(missing.reply->outcome, Outcome::not_found);
}

TEST(ShardExecutor, DecidesOnUncommittedStateWithinOneBatch) {
  SpineFixture spine;
  spine.given_the_world();
  const auto batches = spine.core->committer().stats().batches;
  const auto& first = spine.submit(request("ann", "r1", patient(1), amend_patient(1981)));
  const auto& second = spine.submit(request("ann", "r2", patient(1), amend_patient(1982)));
  spine.settle();
  EXPECT_EQ(first.reply->version, 2U);
  EXPECT_EQ(second.reply->version, 3U);
  EXPECT_EQ(spine.core->committer().stats().batches, batches + 1);
}

TEST(ShardExecutor, ARejectionLeavesAReceiptAndNoEvent) {
  SpineFixture spine;
  spine.given_the_world();
  const auto first = spine.ask(request("ann", "r1", patient(1), register_patient(1)));
  EXPECT_EQ(first.outcome, Outcome::rejected);
  EXPECT_EQ(first.status, 409);
  EXPECT_EQ(first.problem_type, "id-taken");
  EXPECT_EQ(spine.events_of(patient(1)).size(), 1U);
  EXPECT_EQ(spine.receipts().back().problem_type, "id-taken");
}

// --- tenants

TEST(ShardExecutor, AnotherTenantsStreamLooksAbsent) {
  SpineFixture spine;
  spine.given_the_world();
  const auto foreign =
      spine.ask(with_tenants(request("eve", "r1", patient(1), amend_patient(1981)), {"south"}));
  const auto absent =
      spine.ask(with_tenants(request("eve", "r2", patient(7), amend_patient(1981)), {"south"}));
  EXPECT_EQ(foreign.outcome, Outcome::not_found);
  EXPECT_EQ(foreign.status, absent.status);
  EXPECT_EQ(foreign.problem_type, absent.problem_type);
  EXPECT_EQ(foreign.problem_params, absent.problem_params);
  EXPECT_EQ(foreign.version, absent.version);
  EXPECT_EQ(spine.events_of(patient(1)).size(), 1U);
}

TEST(ShardExecutor, AnotherTenantsStreamIgnoresIfMatch) {
  SpineFixture spine;
  spine.given_the_world();
  const auto reply =
      spine.ask(with_tenants(request("eve", "r1", patient(1), amend_patient(1981), 99), {"south"}));
  EXPECT_EQ(reply.outcome, Outcome::not_found);
}

TEST(ShardExecutor, ATakenIdIsToldWhicheverTenantHoldsItButNotItsVersion) {
  SpineFixture spine;
  spine.given_the_world();
  spine.ask(request("ann", "r0", patient(1), amend_patient(1981)));
  auto create = with_tenants(request("eve", "r1", patient(1), register_patient(1), 1), {"south"});
  const auto reply = spine.ask(create);
  EXPECT_EQ(reply.outcome, Outcome::rejected);
  EXPECT_EQ(reply.problem_type, "id-taken");
  EXPECT_EQ(reply.version, 0U);
  const auto replay = spine.ask(create);
  EXPECT_TRUE(replay.replayed);
  EXPECT_EQ(replay.version, 0U);
}

TEST(ShardExecutor, OneOfSeveralTenantsIsEnoughAndTheStreamsOwnIsRecorded) {
  SpineFixture spine;
  spine.given_the_world();
  const auto reply = spine.ask(
      with_tenants(request("ann", "r1", patient(1), amend_patient(1981)), {"south", "north"}));
  EXPECT_EQ(reply.outcome, Outcome::accepted);
  EXPECT_EQ(spine.events_of(patient(1)).back().origin.tenant, tenant("north"));
}

TEST(ShardExecutor, ACreateNeedsATokenForItsTenant) {
  SpineFixture spine;
  auto create = request("ann", "r1", patient(1), register_patient(1));
  create.tenants = {tenant("south")};
  EXPECT_EQ(spine.ask(create).outcome, Outcome::not_found);
  EXPECT_TRUE(spine.events_of(patient(1)).empty());
}

TEST(ShardExecutor, AReceiptOfATenantThatTheTokenLostIsNotReplayed) {
  SpineFixture spine;
  spine.given_the_world();
  auto amend = request("ann", "r1", patient(1), amend_patient(1981));
  EXPECT_EQ(spine.ask(amend).outcome, Outcome::accepted);
  amend.tenants = {tenant("south")};
  EXPECT_EQ(spine.ask(amend).outcome, Outcome::not_found);
  spine.restart();
  EXPECT_EQ(spine.ask(amend).outcome, Outcome::not_found);
}

TEST(ShardExecutor, ACommandForAnotherKindOfStreamFindsNothing) {
  SpineFixture spine;
  spine.given_the_world();
  const auto reply = spine.ask(request("ann", "r1", provider(1), amend_patient(1981), 99));
  EXPECT_EQ(reply.outcome, Outcome::not_found);
  EXPECT_EQ(spine.ask(request("ann", "r2", provider(1), register_patient(1))).problem_type,
            "id-taken");
}

// --- If-Match

TEST(ShardExecutor, AStaleIfMatchIs412WithTheVersionAndAReceipt) {
  SpineFixture spine;
  spine.given_the_world();
  const auto reply = spine.ask(request("ann", "r1", patient(1), amend_patient(1981), 5));
  EXPECT_EQ(reply.outcome, Outcome::stale);
  EXPECT_EQ(reply.status, 412);
  EXPECT_EQ(reply.version, 1U);
  EXPECT_EQ(reply.problem_type, kStaleVersion);
  EXPECT_EQ(reply.problem_params, stale_version(5, 1).params);
  EXPECT_EQ(spine.receipts().back().status, 412);
}

TEST(ShardExecutor, IfMatchIsHeldAgainstUncommittedState) {
  SpineFixture spine;
  spine.given_the_world();
  const auto& first = spine.submit(request("ann", "r1", patient(1), amend_patient(1981), 1));
  const auto& second = spine.submit(request("bob", "r2", patient(1), amend_patient(1982), 1));
  spine.settle();
  EXPECT_EQ(first.reply->outcome, Outcome::accepted);
  EXPECT_EQ(second.reply->outcome, Outcome::stale);
  EXPECT_EQ(second.reply->version, 2U);
}

// --- dedupe

void expect_same_answer(const CommandReply& first, const CommandReply& again) {
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.outcome, first.outcome);
  EXPECT_EQ(again.status, first.status);
  EXPECT_EQ(again.version, first.version);
  EXPECT_EQ(again.last_position, first.last_position);
  EXPECT_EQ(again.epoch, first.epoch);
  EXPECT_EQ(again.events, first.events);
  EXPECT_EQ(again.problem_type, first.problem_type);
  EXPECT_EQ(again.problem_params, first.problem_params);
}

TEST(ShardExecutor, ARetryGetsTheSameAnswerFromMemoryAndFromTheStore) {
  SpineFixture spine;
  spine.given_the_world();
  const auto amend = request("ann", "r1", patient(1), amend_patient(1981), 1);
  const auto first = spine.ask(amend);
  spine.ask(request("ann", "r2", patient(1), amend_patient(1990)));
  expect_same_answer(first, spine.ask(amend));
  spine.restart();
  expect_same_answer(first, spine.ask(amend));
  EXPECT_EQ(spine.events_of(patient(1)).size(), 3U);
}

TEST(ShardExecutor, ARetryOfARejectionGetsTheRejectionAgain) {
  SpineFixture spine;
  spine.given_the_world();
  const auto admission = request("ann", "r1", patient(1), admit(1, 2, 1));
  const auto first = spine.ask(admission);
  EXPECT_EQ(first.problem_type, "provider-unknown");
  spine.ask(request("ann", "r2", provider(2), register_provider(2, 1)));
  expect_same_answer(first, spine.ask(admission));
  spine.restart();
  expect_same_answer(first, spine.ask(admission));
}

TEST(ShardExecutor, ARetryOfACreateIsNotRefusedForItsOwnFirstAttempt) {
  SpineFixture spine;
  const auto create = request("ann", "r1", patient(1), register_patient(1));
  const auto first = spine.ask(create);
  spine.restart();
  expect_same_answer(first, spine.ask(create));
}

TEST(ShardExecutor, TheSameKeyForAnotherRequestIs422) {
  SpineFixture spine;
  spine.given_the_world();
  spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  const auto other = request("ann", "r1", patient(1), amend_patient(1999));
  const auto reply = spine.ask(other);
  EXPECT_EQ(reply.outcome, Outcome::key_reused);
  EXPECT_EQ(reply.status, 422);
  spine.restart();
  EXPECT_EQ(spine.ask(other).outcome, Outcome::key_reused);
  EXPECT_EQ(spine.events_of(patient(1)).size(), 2U);
}

TEST(ShardExecutor, AKeyIsPerUserAndPerStream) {
  SpineFixture spine;
  spine.given_the_world();
  EXPECT_EQ(spine.ask(request("ann", "r1", patient(1), amend_patient(1981))).status, 200);
  EXPECT_EQ(spine.ask(request("bob", "r1", patient(1), amend_patient(1982))).status, 200);
  EXPECT_EQ(spine.ask(request("ann", "r1", patient(2), register_patient(2))).status, 201);
}

TEST(ShardExecutor, ADuplicateInFlightJoinsTheFirst) {
  SpineFixture spine;
  spine.given_the_world();
  const auto amend = request("ann", "r1", patient(1), amend_patient(1981));
  const auto& first = spine.submit(amend);
  const auto& again = spine.submit(amend);
  const auto& other = spine.submit(request("ann", "r1", patient(1), amend_patient(1999)));
  spine.run_shards();
  EXPECT_FALSE(first.reply || again.reply || other.reply);
  spine.settle();
  EXPECT_EQ(first.reply->outcome, Outcome::accepted);
  expect_same_answer(*first.reply, *again.reply);
  EXPECT_EQ(other.reply->outcome, Outcome::key_reused);
  EXPECT_EQ(spine.events_of(patient(1)).size(), 2U);
}

TEST(ShardExecutor, AnotherRequestUnderAKeyThatLeftNoReceiptIsDecided) {
  SpineFixture spine;
  spine.given_the_world();
  const auto& first = spine.submit(request("ann", "r1", patient(1), discharge(9)));
  const auto& other = spine.submit(request("ann", "r1", patient(1), amend_patient(1999)));
  spine.settle();
  EXPECT_EQ(first.reply->outcome, Outcome::not_found);
  EXPECT_EQ(other.reply->outcome, Outcome::accepted);
}

TEST(ShardExecutor, AKeyWithAReceiptIsKnownEvenWhereTheAnswerWouldBe404) {
  SpineFixture spine;
  spine.given_the_world();
  spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  spine.restart();
  const auto reply = spine.ask(request("ann", "r1", patient(1), discharge(9)));
  EXPECT_EQ(reply.outcome, Outcome::key_reused);
}

TEST(ShardExecutor, ADuplicateThatWasDecidedAnewTakesItsDependantsBack) {
  SpineFixture spine;
  spine.given_the_world();
  const auto amend = request("ann", "r3", patient(1), amend_patient(1985));
  const auto accepted = spine.ask(amend);
  spine.ask(request("ann", "r4", patient(1), amend_patient(1986)));
  spine.restart();
  // r3 is decided anew (1986 -> 1985) until the store says that it is a duplicate.
  const auto& retry = spine.submit(amend);
  const auto& dependant = spine.submit(request("bob", "r5", patient(1), amend_patient(1987)));
  spine.settle();
  expect_same_answer(accepted, *retry.reply);
  EXPECT_EQ(dependant.reply->outcome, Outcome::accepted);
  EXPECT_EQ(dependant.reply->version, accepted.version + 2);
  EXPECT_EQ(spine.core->shards()[0]->stats().conflicts, 1U);
}

TEST(ShardExecutor, A404ThatDependedOnWhatDidNotHappenIsDecidedAgain) {
  SpineFixture spine;
  spine.given_the_world();
  spine.ask(request("ann", "f0", patient(1), admit(1, 1, 1)));
  const auto amend = request("ann", "r3", patient(1), amend_patient(1985));
  spine.ask(amend);
  spine.ask(request("ann", "r4", patient(1), amend_patient(1986)));
  spine.restart();
  const auto loads = spine.core->shards()[0]->stats().cold_loads;
  spine.submit(amend);
  const auto& missing = spine.submit(request("bob", "r5", patient(1), discharge(9)));
  spine.settle();
  EXPECT_EQ(missing.reply->outcome, Outcome::not_found);
  EXPECT_EQ(spine.core->shards()[0]->stats().cold_loads, loads + 2);  // it was not answered early
}

// --- references

TEST(ShardExecutor, ReferencesAreLoadedAndTheirVersionRecorded) {
  SpineFixture spine;
  spine.given_the_world();
  spine.restart();
  const auto reply = spine.ask(request("ann", "r1", patient(1), admit(1, 1, 1)));
  EXPECT_EQ(reply.outcome, Outcome::accepted);
  EXPECT_NE(spine.events_of(patient(1)).back().data.find("\"provider_version\":1"),
            std::string::npos);
}

TEST(ShardExecutor, AnotherTenantsProviderIsUnknown) {
  SpineFixture spine;
  spine.given_the_world();
  const std::initializer_list<std::string> both = {"south", "north"};
  spine.ask(with_tenants(request("eve", "s1", facility(2), register_facility(2)), both));
  spine.ask(with_tenants(request("eve", "s2", provider(2), register_provider(2, 2)), both));
  ASSERT_EQ(spine.events_of(provider(2)).size(), 1U);
  const auto reply =
      spine.ask(with_tenants(request("eve", "s3", patient(1), admit(1, 2, 1)), both));
  EXPECT_EQ(reply.problem_type, "provider-unknown");
}

TEST(ShardExecutor, AChangeOfAReferenceIsSeenAsSoonAsItIsAnswered) {
  SpineOptions options = SpineFixture::small();
  options.shards = 4;
  SpineFixture spine(options);
  spine.given_the_world();
  ASSERT_EQ(spine.ask(request("ann", "r1", patient(1), admit(1, 1, 1))).status, 201);
  ASSERT_EQ(spine.ask(request("ann", "r2", provider(1), retire_provider())).status, 200);
  const auto reply = spine.ask(request("ann", "r3", patient(1), admit(2, 1, 1)));
  EXPECT_EQ(reply.problem_type, "provider-retired");
}

TEST(ShardExecutor, AnAbsentReferenceIsNotRememberedBeyondItsCreation) {
  SpineFixture spine;
  spine.given_the_world();
  EXPECT_EQ(spine.ask(request("ann", "r1", patient(1), admit(1, 2, 1))).problem_type,
            "provider-unknown");
  spine.ask(request("ann", "r2", provider(2), register_provider(2, 1)));
  EXPECT_EQ(spine.ask(request("ann", "r3", patient(1), admit(1, 2, 1))).status, 201);
}

// --- loads and the cache

TEST(ShardExecutor, AColdStreamParksOnlyItsOwnCommands) {
  SpineFixture spine;
  spine.given_the_world();
  spine.ask(request("ann", "a2", patient(2), register_patient(2)));
  spine.restart();
  spine.ask(request("ann", "r0", patient(2), amend_patient(1981)));
  const auto& cold = spine.submit(request("ann", "r1", patient(1), amend_patient(1981)));
  const auto& warm = spine.submit(request("ann", "r2", patient(2), amend_patient(1982)));
  spine.run_shards();
  EXPECT_EQ(spine.store.pending(), 2U);  // a load, and already the batch of the warm one
  spine.settle();
  EXPECT_EQ(cold.reply->outcome, Outcome::accepted);
  EXPECT_EQ(warm.reply->outcome, Outcome::accepted);
}

TEST(ShardExecutor, AFailedLoadAppliesNothing) {
  SpineFixture spine;
  spine.store.set_rates({.load_fails = 1000});
  const auto reply = spine.ask(request("ann", "r1", patient(1), register_patient(1)));
  EXPECT_EQ(reply.outcome, Outcome::not_applied);
  EXPECT_GT(reply.retry_after, 0ms);
  spine.store.set_rates({});
  EXPECT_EQ(spine.ask(request("ann", "r1", patient(1), register_patient(1))).status, 201);
}

TEST(ShardExecutor, TheCacheIsBoundedAndEvictedStreamsComeBack) {
  SpineOptions options = SpineFixture::small();
  options.cache_streams = 3;
  SpineFixture spine(options);
  for (unsigned n = 1; n <= 10; ++n) {
    const std::string id = "r" + std::to_string(n);
    ASSERT_EQ(spine.ask(request("ann", id, patient(n), register_patient(n))).status, 201);
  }
  spine.run_shards();
  EXPECT_EQ(spine.core->shards()[0]->stats().cached_streams, 3U);
  EXPECT_EQ(spine.ask(request("ann", "x", patient(1), amend_patient(1981))).version, 2U);
}

TEST(ShardExecutor, SnapshotsAreOfCommittedStateAndUsedByTheNextLoad) {
  SpineOptions options = SpineFixture::small();
  options.snapshot_every = 3;
  SpineFixture spine(options);
  spine.given_the_world();
  for (int year = 1981; year < 1986; ++year) {
    spine.ask(request("ann", std::to_string(year), patient(1), amend_patient(year)));
  }
  store::StreamHistory history;
  spine.store.load(bucket_of(patient(1).value), patient(1),
                   [&](auto loaded) { history = std::move(loaded.value()); });
  spine.settle();
  ASSERT_EQ(history.snapshot.size(), 1U);
  EXPECT_EQ(history.snapshot[0].version, 6U);
  EXPECT_TRUE(history.events.empty());
  spine.restart();
  EXPECT_EQ(spine.ask(request("ann", "x", patient(1), amend_patient(1990))).version, 7U);
}

// --- failures of the store

TEST(ShardExecutor, AnUnavailableStoreAppliesNothing) {
  SpineFixture spine;
  spine.given_the_world();
  spine.store.fail_next_append(SimStore::Fault::unavailable);
  const auto reply = spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  EXPECT_EQ(reply.outcome, Outcome::not_applied);
  EXPECT_FALSE(spine.core->committer().writable());
  spine.clock.advance(1s);
  EXPECT_TRUE(spine.core->committer().writable());
  EXPECT_EQ(spine.ask(request("ann", "r1", patient(1), amend_patient(1981))).version, 2U);
}

TEST(ShardExecutor, ADependantInTheNextBatchIsDecidedAgainOnce) {
  SpineFixture spine;
  spine.given_the_world();
  spine.store.fail_next_append(SimStore::Fault::unavailable);
  const auto& first = spine.submit(request("ann", "r1", patient(1), amend_patient(1981)));
  spine.run_shards();  // r1 is under way
  const auto& second = spine.submit(request("bob", "r2", patient(1), amend_patient(1982)));
  spine.settle();
  EXPECT_EQ(first.reply->outcome, Outcome::not_applied);
  EXPECT_EQ(second.reply->outcome, Outcome::accepted);
  EXPECT_EQ(second.reply->version, 2U);
  EXPECT_EQ(spine.events_of(patient(1)).size(), 2U);
}

TEST(ShardExecutor, NothingIsDecidedOnStateThatDidNotComeTrue) {
  SpineFixture spine;
  spine.given_the_world();
  spine.store.fail_next_append(SimStore::Fault::unavailable);
  spine.submit(request("ann", "r1", patient(1), amend_patient(1981)));
  spine.run_shards();  // r1 is under way
  spine.submit(request("bob", "r2", patient(1), amend_patient(1982)));
  spine.run_shards();  // r2 is queued behind it
  spine.store.step();  // r1 fails, r2 goes to the store
  spine.run_shards();  // now the state is known to be wrong
  const auto& parked = spine.submit(request("eve", "r3", patient(1), amend_patient(1983)));
  spine.settle();
  EXPECT_EQ(spine.core->shards()[0]->stats().conflicts, 1U);  // r2 alone
  EXPECT_EQ(parked.reply->version, 3U);
}

TEST(ShardExecutor, ALowDiskIs507) {
  SpineFixture spine;
  spine.given_the_world();
  spine.store.fail_next_append(SimStore::Fault::disk_low);
  const auto reply = spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  EXPECT_EQ(reply.outcome, Outcome::disk_low);
  EXPECT_EQ(reply.status, 507);
  EXPECT_FALSE(spine.core->committer().writable());
}

TEST(ShardExecutor, AFencedCommandIsNotApplied) {
  SpineFixture spine;
  spine.given_the_world();
  auto heads = spine.store.open_reader().value()->heads().value();
  const auto head = heads[bucket_of(patient(1).value).value];
  auto next = head;
  next.epoch = Epoch{2};
  ASSERT_TRUE(spine.store.change_head(head, next).ok());
  const auto reply = spine.ask(request("ann", "r1", patient(1), amend_patient(1981)));
  EXPECT_EQ(reply.outcome, Outcome::not_applied);
  EXPECT_EQ(spine.core->shards()[0]->stats().fenced, 1U);
  EXPECT_EQ(spine.events_of(patient(1)).size(), 1U);
  spine.restart();
  EXPECT_EQ(spine.ask(request("ann", "r1", patient(1), amend_patient(1981))).epoch, Epoch{2});
}

class UnknownOutcome : public testing::TestWithParam<SimStore::Fault> {};
INSTANTIATE_TEST_SUITE_P(AppliedOrLost, UnknownOutcome,
                         testing::Values(SimStore::Fault::unknown_applied,
                                         SimStore::Fault::unknown_lost));

TEST_P(UnknownOutcome, IsResolvedByTheReceiptAfterRecovery) {
  const bool applied = GetParam() == SimStore::Fault::unknown_applied;
  SpineFixture spine;
  spine.given_the_world();
  spine.store.fail_next_append(GetParam());
  const auto amend = request("ann", "r1", patient(1), amend_patient(1981));
  const auto& first = spine.submit(amend);
  spine.run_shards();
  const auto& successor = spine.submit(request("bob", "r2", patient(1), amend_patient(1982)));
  spine.run_shards();
  spine.settle();
  EXPECT_EQ(first.reply->outcome, applied ? Outcome::accepted : Outcome::not_applied);
  EXPECT_EQ(successor.reply->outcome, Outcome::not_applied);
  EXPECT_EQ(spine.events_of(patient(1)).size(), applied ? 2U : 1U);
  const auto again = spine.ask(amend);
  EXPECT_EQ(again.outcome, Outcome::accepted);
  EXPECT_EQ(again.version, 2U);
  EXPECT_EQ(again.replayed, applied);
}

TEST_P(UnknownOutcome, IsToldAtTheDeadlineAndTheRetryLearnsTheRest) {
  SpineFixture spine;
  spine.given_the_world();
  spine.store.set_rates({.recover_fails = 1000});
  spine.store.fail_next_append(GetParam());
  auto amend = request("ann", "r1", patient(1), amend_patient(1981));
  amend.deadline = spine.clock.now() + 50ms;
  const auto& first = spine.submit(amend);
  spine.settle();
  EXPECT_FALSE(first.reply);
  EXPECT_FALSE(spine.core->committer().accepting());
  spine.clock.advance(60ms);
  spine.settle();
  EXPECT_EQ(first.reply->outcome, Outcome::unknown);
  // While it is open, the retry waits for it and other work is refused.
  amend.deadline = MonoTime::max();
  const auto& retry = spine.submit(amend);
  EXPECT_EQ(spine.ask(request("bob", "r2", patient(1), amend_patient(1982))).outcome,
            Outcome::not_applied);
  EXPECT_FALSE(retry.reply);
  spine.store.set_rates({});
  spine.clock.advance(100ms);
  spine.settle();
  const bool applied = GetParam() == SimStore::Fault::unknown_applied;
  EXPECT_EQ(retry.reply->outcome, applied ? Outcome::accepted : Outcome::not_applied);
  EXPECT_EQ(first.calls, 1);
  EXPECT_TRUE(spine.core->committer().writable());
}

TEST_P(UnknownOutcome, OfAReferenceIsForgottenByTheCache) {
  const bool applied = GetParam() == SimStore::Fault::unknown_applied;
  SpineFixture spine;
  spine.given_the_world();
  spine.ask(request("ann", "r0", patient(1), admit(1, 1, 1)));
  spine.store.fail_next_append(GetParam());
  spine.ask(request("ann", "r1", provider(1), retire_provider()));
  const auto reply = spine.ask(request("ann", "r2", patient(1), admit(2, 1, 1)));
  EXPECT_EQ(reply.outcome, applied ? Outcome::rejected : Outcome::accepted);
}

// --- deadlines, overload, drain

TEST(ShardExecutor, AnExpiredCommandIsNeverStarted) {
  SpineFixture spine;
  auto create = request("ann", "r1", patient(1), register_patient(1));
  create.deadline = spine.clock.now();
  const auto reply = spine.ask(create);
  EXPECT_EQ(reply.outcome, Outcome::deadline);
  EXPECT_TRUE(spine.receipts().empty());
}

TEST(ShardExecutor, AParkedCommandIsAnsweredAtItsDeadlineAndNeverDecided) {
  SpineFixture spine;
  auto create = request("ann", "r1", patient(1), register_patient(1));
  create.deadline = spine.clock.now() + 10ms;
  const auto& impatient = spine.submit(create);
  create.deadline = MonoTime::max();
  const auto& patient_one = spine.submit(create);
  spine.run_shards();  // parked: the load is pending
  spine.clock.advance(10ms);
  spine.run_shards();
  ASSERT_TRUE(impatient.reply);
  EXPECT_EQ(impatient.reply->outcome, Outcome::deadline);
  spine.settle();
  EXPECT_EQ(patient_one.reply->outcome, Outcome::accepted);  // it took the first one's place
  EXPECT_FALSE(patient_one.reply->replayed);
  EXPECT_EQ(impatient.calls, 1);
}

TEST(ShardExecutor, ACommandAtAHungStoreIsUnknownAtItsDeadline) {
  SpineFixture spine;
  spine.given_the_world();
  auto amend = request("ann", "r1", patient(1), amend_patient(1981));
  amend.deadline = spine.clock.now() + 10ms;
  const auto& first = spine.submit(amend);
  spine.run_shards();
  spine.clock.advance(10ms);
  spine.run_shards();
  EXPECT_EQ(first.reply->outcome, Outcome::unknown);
  spine.settle();
  EXPECT_EQ(first.calls, 1);
  amend.deadline = MonoTime::max();
  EXPECT_TRUE(spine.ask(amend).replayed);
}

TEST(ShardExecutor, AFullQueueRefusesAtOnce) {
  SpineOptions options = SpineFixture::small();
  options.queue_capacity = 2;
  SpineFixture spine(options);
  spine.submit(request("ann", "r1", patient(1), register_patient(1)));
  spine.submit(request("ann", "r2", patient(2), register_patient(2)));
  const auto& third = spine.submit(request("ann", "r3", patient(3), register_patient(3)));
  ASSERT_TRUE(third.reply);
  EXPECT_EQ(third.reply->outcome, Outcome::overloaded);
  EXPECT_GT(third.reply->retry_after, 0ms);
  spine.settle();
  EXPECT_EQ(spine.ask(request("ann", "r3", patient(3), register_patient(3))).status, 201);
  EXPECT_EQ(spine.core->shards()[0]->stats().shed[0], 1U);
  EXPECT_EQ(spine.core->shards()[0]->stats().queued, 0U);
}

TEST(ShardExecutor, ALongQueueWaitShedsNewWorkUntilTheQueueIsEmpty) {
  SpineOptions options = SpineFixture::small();
  options.max_batch = 1;  // one command at the store, the others queue
  SpineFixture spine(options);
  spine.given_the_world();
  for (int year = 1981; year < 1990; ++year) {
    spine.submit(request("ann", std::to_string(year), patient(1), amend_patient(year)));
  }
  spine.run_shards();
  spine.clock.advance(StandingWait::kStanding + 1ms);
  spine.run_shards();
  const auto& shed = spine.submit(request("ann", "late", patient(1), amend_patient(1995)));
  ASSERT_TRUE(shed.reply);
  EXPECT_EQ(shed.reply->outcome, Outcome::overloaded);
  spine.settle();
  EXPECT_EQ(spine.ask(request("ann", "late", patient(1), amend_patient(1995))).version, 11U);
}

TEST(ShardExecutor, ADrainRefusesNewWorkAndFinishesTheAdmitted) {
  SpineFixture spine;
  spine.given_the_world();
  const auto& admitted = spine.submit(request("ann", "r1", patient(1), amend_patient(1981)));
  spine.core->open().close();
  const auto& late = spine.submit(request("ann", "r2", patient(1), amend_patient(1982)));
  EXPECT_EQ(late.reply->outcome, Outcome::overloaded);
  EXPECT_FALSE(spine.core->open().wait_empty(0ms));
  spine.settle();
  EXPECT_EQ(admitted.reply->outcome, Outcome::accepted);
  EXPECT_TRUE(spine.core->open().wait_empty(0ms));
}

TEST(ShardExecutor, DestructionAnswersWhatIsLeft) {
  SpineFixture spine;
  spine.given_the_world();
  const auto amend = request("ann", "r1", patient(1), amend_patient(1981));
  const auto& at_store = spine.submit(amend);
  const auto& joined = spine.submit(amend);
  const auto& parked = spine.submit(request("ann", "r2", patient(2), register_patient(2)));
  spine.run_shards();
  const auto& in_mailbox = spine.submit(request("ann", "r3", patient(1), amend_patient(1982)));
  spine.core.reset();
  EXPECT_EQ(at_store.reply->outcome, Outcome::unknown);
  EXPECT_EQ(joined.reply->outcome, Outcome::unknown);
  EXPECT_EQ(parked.reply->outcome, Outcome::overloaded);
  EXPECT_EQ(in_mailbox.reply->outcome, Outcome::overloaded);
  for (const auto* answer : {&at_store, &joined, &parked, &in_mailbox}) EXPECT_EQ(answer->calls, 1);
  spine.store.run();  // late completions find nobody
}

TEST(ShardExecutor, AMalformedCommandFailsAlone) {
  SpineFixture spine;
  spine.given_the_world();
  const auto& bad = spine.submit(request("", "r1", patient(1), amend_patient(1981)));
  const auto& good = spine.submit(request("ann", "r2", patient(1), amend_patient(1982)));
  spine.settle();
  EXPECT_EQ(bad.reply->outcome, Outcome::not_applied);
  EXPECT_EQ(good.reply->outcome, Outcome::accepted);
  EXPECT_EQ(good.reply->version, 2U);
}

TEST(ShardExecutor, ThePlantedBugAcknowledgesEarly) {
  SpineFixture spine;
  spine.given_the_world();
  const store::PlantedBug bug(store::Bug::ack_early);
  const auto& answer = spine.submit(request("ann", "r1", patient(1), amend_patient(1981)));
  spine.run_shards();
  ASSERT_TRUE(answer.reply);
  EXPECT_EQ(answer.reply->outcome, Outcome::accepted);
  spine.settle();
  EXPECT_EQ(answer.calls, 1);
}

}  // namespace
}  // namespace pim::spine
