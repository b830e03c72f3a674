#include <gtest/gtest.h>

#include <map>

#include "audit/audit.h"
#include "domain/decide.h"
#include "domain/domain_testing.h"
#include "domain/json.h"
#include "readmodel/history_testing.h"

namespace pim::audit {
namespace {

namespace dt = domain_testing;
using readmodel::History;
using readmodel::SharedStore;

class ReconstructTest : public testing::Test {
 protected:
  void SetUp() override {
    history_.grow(800);
    auto reader = store_.open_reader();
    ASSERT_TRUE(reader);
    reader_ = std::move(*reader);
  }
  Reconstructed state_of(StreamId stream, const AsOf& as_of) {
    auto result = reconstruct(*reader_, stream, as_of);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : Reconstructed{};
  }

  SharedStore store_{91};
  History history_{store_, 91};
  std::unique_ptr<store::Reader> reader_;
};

TEST_F(ReconstructTest, TheNewestStateIsTheWritersOwn) {
  for (const auto& [id, stream] : history_.streams()) {
    const auto now = state_of(id, {});
    EXPECT_EQ(now.state, stream.state);
    EXPECT_EQ(now.version, stream.version);
    if (stream.version > 0) {
      EXPECT_EQ(now.tenant, stream.tenant);
    }
  }
}

TEST_F(ReconstructTest, EveryVersionIsAPrefixFolded) {
  const StreamId stream = history_.patient(1);
  const Version newest = history_.streams().at(stream).version;
  ASSERT_GT(newest, 20U);
  const auto events = reader_->read_stream(bucket_of(stream.value), stream, 0, 10'000);
  ASSERT_TRUE(events);
  StreamState folded;
  for (const auto& event : *events) {
    evolve(folded, *event_from_json(event.type, event.data));
    const auto then = state_of(stream, {.version = event.version, .time = {}});
    EXPECT_EQ(then.state, folded) << "version " << event.version;
    EXPECT_EQ(then.version, event.version);
    EXPECT_EQ(then.recorded_at, event.origin.recorded_at);
    const auto at_its_time = state_of(stream, {.version = {}, .time = event.origin.recorded_at});
    EXPECT_GE(at_its_time.version, event.version) << "the time itself is included";
    const UtcMillis before{event.origin.recorded_at.value - 1};
    EXPECT_LT(state_of(stream, {.version = {}, .time = before}).version, event.version);
  }
  EXPECT_EQ(state_of(stream, {.version = newest + 100, .time = {}}).version, newest);
}

TEST_F(ReconstructTest, WhatDidNotExistHasVersionZero) {
  EXPECT_EQ(state_of(StreamId{dt::patient_id(999).value}, {}).version, 0U);
  EXPECT_EQ(state_of(history_.patient(1), {.version = 0, .time = {}}).version, 0U);
  const UtcMillis long_ago{0};
  const auto before = state_of(history_.patient(1), {.version = {}, .time = long_ago});
  EXPECT_EQ(before.version, 0U);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(before.state));
}

TEST_F(ReconstructTest, AnEventThatCannotBeReadIsAnError) {
  const StreamId stream = history_.patient(1);
  store_.alter_reads([&](store::EventRecord& event) {
    if (event.stream == stream && event.version == 5) event.data = "{}x";
  });
  const auto result = reconstruct(*reader_, stream, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, store::StoreErrorKind::corrupt);
  EXPECT_EQ(state_of(stream, {.version = 4, .time = {}}).version, 4U) << "what is before it is";
}

// After a roll-back of the program: the newer one's events count and change nothing that is known.
TEST_F(ReconstructTest, AnEventOfANewerVersionIsSteppedOver) {
  const StreamId stream = history_.patient(1);
  store_.alter_reads([&](store::EventRecord& event) {
    if (event.stream == stream && event.version == 5) {
      event.type = "patient-moved-house";
      event.schema_version = kEventSchemaVersion + 1;
    }
  });
  EXPECT_EQ(state_of(stream, {}).version, history_.streams().at(stream).version);
}

}  // namespace
}  // namespace pim::audit
