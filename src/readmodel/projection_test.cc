#include <gtest/gtest.h>

#include "readmodel/read_model_testing.h"
#include "store/sqlite/engine.h"

namespace pim::readmodel {
namespace {

using store::sqlite::TemporaryDirectory;

class ProjectionOfSeed : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ProjectionOfSeed, EqualsFolding) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  const TemporaryDirectory directory;
  SharedStore store(GetParam());
  History history(store, GetParam());
  history.grow(300);  // some before it opens, some as they are announced
  auto model = open_model(store, directory.path());
  history.grow(700);
  ASSERT_TRUE(model->catch_up(in_a_minute()));
  EXPECT_GE(expected_across(history, History::tenants()[0],
                            [](const Encounter& e) {
                              return e.status == EncounterStatus::open && !e.bills.empty();
                            })
                .size(),
            3U)
      << "a history with nothing in it proves nothing";
  EXPECT_GE(expected_codes(history, History::tenants(), "RXNORM").size(), 1U);
  for (const std::uint32_t limit : {0U, 1U, 3U, 200U}) {
    expect_queries_equal_folding(model->queries(), history, limit);
  }
  store.on_commit(nullptr);
}

INSTANTIATE_TEST_SUITE_P(Random, ProjectionOfSeed, testing::Range<std::uint64_t>(1, 9));

TEST(Projection, OpenedAgainEqualsFolding) {
  const TemporaryDirectory directory;
  SharedStore store(21);
  History history(store, 21);
  for (int round = 0; round < 5; ++round) {
    auto model = open_model(store, directory.path());
    history.grow(120);
    if (round % 2 == 0) {
      ASSERT_TRUE(model->catch_up(in_a_minute()));
    }
    store.on_commit(nullptr);  // whatever is not applied yet waits for the next round
  }
  auto model = open_model(store, directory.path());
  ASSERT_TRUE(model->catch_up(in_a_minute()));
  expect_queries_equal_folding(model->queries(), history, 5);
  store.on_commit(nullptr);
}

TEST(Projection, OfTheRealEngineEqualsFolding) {
  const TemporaryDirectory directory;
  store::sqlite::SqliteOptions options;
  options.directory = directory.path() + "/store";
  options.low_water_bytes = 0;
  auto store = store::sqlite::open_sqlite_store(options);
  ASSERT_TRUE(store) << store.error().message;
  {
    ReadModelOptions read;
    read.directory = directory.path() + "/read";
    auto opened = ReadModel::open(**store, read);
    ASSERT_TRUE(opened) << opened.error().message;
    // The store's thread may still be announcing when the test ends.
    const std::shared_ptr<ReadModel> model = std::move(*opened);
    (*store)->on_commit([weak = std::weak_ptr(model)](const auto& events) {
      if (const auto held = weak.lock()) held->announce(events);
    });
    History history(**store, 31);
    history.grow(250);
    ASSERT_TRUE(model->catch_up(in_a_minute()));
    expect_queries_equal_folding(model->queries(), history, 4);
  }
}

// The next program version's events: of a type that this one does not know.
TEST(Projection, CountsAnEventOfANewerVersionAndChangesNothingElse) {
  const TemporaryDirectory directory;
  SharedStore store(41);
  History history(store, 41);
  history.grow(200);
  const StreamId stream = [&] {
    for (const auto& [id, known] : history.streams()) {
      if (known.kind == StreamKind::patient && known.version > 2) return id;
    }
    return StreamId{};
  }();
  store.alter_reads([&](store::EventRecord& event) {
    if (event.stream == stream && event.version == 2) {
      event.type = "patient-moved-house";
      event.schema_version = 2;
    }
  });
  auto model = open_model(store, directory.path());
  ASSERT_TRUE(model->catch_up(in_a_minute()));
  const auto chart = model->queries().chart(PatientId{stream.value}, {}, anyone());
  ASSERT_TRUE(chart);
  EXPECT_EQ(chart->version, history.streams().at(stream).version);
  store.on_commit(nullptr);
}

}  // namespace
}  // namespace pim::readmodel
