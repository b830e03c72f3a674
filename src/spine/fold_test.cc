#include "spine/fold.h"

#include <gtest/gtest.h>

#include "domain/json.h"
#include "spine/requests_testing.h"

namespace pim::spine {
namespace {

// Three versions of patient 1.
store::StreamHistory history() {
  store::StreamHistory history;
  const auto add = [&](const Event& event) {
    store::EventRecord record;
    record.stream = patient(1);
    record.version = history.events.size() + 1;
    record.type = event_type(event);
    record.data = event_to_json(event);
    record.origin.tenant = tenant("north");
    history.events.push_back(std::move(record));
  };
  References references;
  references.now = kEpochTime;
  const auto registered = decide({}, references, register_patient(1));
  add(registered.value().front());
  PatientAmended amended;
  amended.birth_year = 1981;
  add(amended);
  amended.birth_year = 1982;
  add(amended);
  return history;
}

TEST(Fold, AnEmptyHistoryIsAnAbsentStream) {
  const auto folded = fold({});
  ASSERT_TRUE(folded.ok());
  EXPECT_EQ(folded->version, 0U);
  EXPECT_EQ(folded->state, StreamState{});
}

TEST(Fold, ASnapshotAndTheRestEqualAllEvents) {
  const auto all = fold(history());
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->version, 3U);
  EXPECT_EQ(all->tenant, tenant("north"));
  EXPECT_EQ(std::get<Patient>(all->state).facts.birth_year, 1982);

  store::StreamHistory prefix = history();
  prefix.events.pop_back();
  store::StreamHistory rest;
  rest.snapshot.push_back(snapshot_of(patient(1), fold(prefix).value()));
  rest.events.push_back(history().events.back());
  const auto folded = fold(rest);
  ASSERT_TRUE(folded.ok());
  EXPECT_EQ(folded->state, all->state);
  EXPECT_EQ(folded->version, 3U);
  EXPECT_EQ(folded->snapshot_version, 2U);
  EXPECT_EQ(folded->tenant, tenant("north"));
}

TEST(Fold, AMissingVersionIsCorrupt) {
  auto broken = history();
  broken.events.erase(broken.events.begin() + 1);
  ASSERT_FALSE(fold(broken).ok());
  EXPECT_EQ(fold(broken).error().kind, store::StoreErrorKind::corrupt);
}

TEST(Fold, AnUnreadableEventOrSnapshotIsCorrupt) {
  auto broken = history();
  broken.events[1].data = "{";
  ASSERT_FALSE(fold(broken).ok());
  EXPECT_EQ(fold(broken).error().kind, store::StoreErrorKind::corrupt);

  store::StreamHistory snapshot;
  snapshot.snapshot.push_back({patient(1), StreamKind::patient, 1, tenant("north"), "nonsense"});
  EXPECT_EQ(fold(snapshot).error().kind, store::StoreErrorKind::corrupt);
}

}  // namespace
}  // namespace pim::spine
