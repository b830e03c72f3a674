#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include "domain/domain_testing.h"
#include "readmodel/age_band.h"
#include "readmodel/read_model_testing.h"

namespace pim::readmodel {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using store::sqlite::TemporaryDirectory;
namespace dt = domain_testing;

class QueriesTest : public testing::Test {
 protected:
  void SetUp() override {
    history_.grow(600);
    model_ = open_model(store_, directory_.path());
    ASSERT_TRUE(model_->catch_up(in_a_minute()));
    // The patient with the most encounters.
    std::size_t most = 0;
    for (const auto& [id, stream] : history_.streams()) {
      const auto* patient = std::get_if<Patient>(&stream.state);
      if (patient == nullptr || patient->encounters.all().size() < most) continue;
      most = patient->encounters.all().size();
      patient_ = PatientId{id.value};
      tenant_ = stream.tenant;
    }
    ASSERT_GE(most, 3U);
  }
  void TearDown() override { store_.on_commit(nullptr); }

  Queries& queries() { return model_->queries(); }
  ReadContext only(const TenantId& tenant) {
    ReadContext context = anyone();
    context.tenants = {tenant};
    return context;
  }
  EncounterId some_encounter() {
    const auto& stream = history_.streams().at(StreamId{patient_.value});
    return std::get<Patient>(stream.state).encounters.all().front().encounter_id;
  }

  TemporaryDirectory directory_;
  SharedStore store_{51};
  History history_{store_, 51};
  std::unique_ptr<ReadModel> model_;
  PatientId patient_;
  TenantId tenant_;
};

// Every query that names something, asked in `context`; its error, or none.
std::vector<std::optional<QueryError>> errors_of_all(Queries& queries, PatientId patient,
                                                     EncounterId encounter, ProviderId provider,
                                                     FacilityId facility,
                                                     const ReadContext& context) {
  std::vector<std::optional<QueryError>> errors;
  const auto add = [&](const auto& result) {
    errors.push_back(result ? std::nullopt : std::optional(result.error()));
  };
  add(queries.chart(patient, {}, context));
  add(queries.encounter(patient, encounter, context));
  add(queries.timeline(patient, {}, context));
  add(queries.bills(patient, {}, context));
  add(queries.provider(provider, context));
  add(queries.facility(facility, context));
  add(queries.encounters_by_provider(provider, {}, context));
  add(queries.census(facility, {}, context));
  return errors;
}

TEST_F(QueriesTest, AnotherTenantsAndAbsentAnswerAlike) {
  const TenantId stranger = *TenantId::parse("west-health");
  const auto foreign = errors_of_all(queries(), patient_, some_encounter(), dt::provider_id(1),
                                     dt::facility_id(1), only(stranger));
  const auto absent = errors_of_all(queries(), dt::patient_id(999), dt::encounter_id(999),
                                    dt::provider_id(999), dt::facility_id(999), anyone());
  ASSERT_EQ(foreign.size(), absent.size());
  for (std::size_t i = 0; i < foreign.size(); ++i) {
    ASSERT_TRUE(foreign[i] && absent[i]) << i;
    EXPECT_EQ(foreign[i]->kind, QueryErrorKind::not_found);
    EXPECT_EQ(absent[i]->kind, QueryErrorKind::not_found);
    EXPECT_EQ(foreign[i]->message, absent[i]->message);
  }
  // An encounter of a patient that is visible is another thing than a patient that is not.
  EXPECT_EQ(queries().encounter(patient_, dt::encounter_id(999), anyone()).error().kind,
            QueryErrorKind::not_found);
}

TEST_F(QueriesTest, ListsAcrossPatientsHoldTheCallersTenantsOnly) {
  for (const TenantId& tenant : History::tenants()) {
    const auto days = walk(
        [&](const PageRequest& page) {
          auto answer = queries().encounters_by_day("2025-06-01", page, only(tenant));
          EXPECT_TRUE(answer);
          return answer->page;
        },
        2);
    const auto from = UtcMillis::parse("2025-06-01T00:00:00Z")->value;
    EXPECT_EQ(days, expected_across(history_, tenant, [&](const Encounter& e) {
                return e.admitted_at.value >= from && e.admitted_at.value < from + 86'400'000;
              }));
    const auto codes = queries().code_frequency("ICD-10-CM", PageRequest{{}, 200}, only(tenant));
    ASSERT_TRUE(codes);
    EXPECT_EQ(items_of(codes->page.items), expected_codes(history_, {tenant}, "ICD-10-CM"));
  }
  ReadContext nobody = anyone();
  nobody.tenants.clear();
  EXPECT_EQ(queries().code_frequency("ICD-10-CM", {}, nobody)->page.rows, 0U);
  EXPECT_EQ(queries().encounters_by_day("2025-06-01", {}, nobody)->page.rows, 0U);
}

TEST_F(QueriesTest, ACursorOfAnotherQueryOrSubjectIsRefused) {
  const auto chart = queries().chart(patient_, PageRequest{{}, 1}, anyone());
  ASSERT_TRUE(chart);
  const std::string cursor = chart->encounters.next_cursor;
  ASSERT_FALSE(cursor.empty());
  const auto kind_of = [](const auto& result) {
    return result ? std::optional<QueryErrorKind>() : std::optional(result.error().kind);
  };
  PatientId other = dt::patient_id(1);
  if (other == patient_) other = dt::patient_id(2);
  for (const std::string& bad : {cursor, std::string("garbage"), std::string("%00"), cursor + "A",
                                 cursor.substr(1), std::string(4000, 'A')}) {
    const PageRequest page{bad, 5};
    if (bad != cursor) {
      EXPECT_EQ(kind_of(queries().chart(patient_, page, anyone())), QueryErrorKind::bad_cursor);
    }
    EXPECT_EQ(kind_of(queries().chart(other, page, anyone())), QueryErrorKind::bad_cursor);
    EXPECT_EQ(kind_of(queries().timeline(patient_, page, anyone())), QueryErrorKind::bad_cursor);
    EXPECT_EQ(kind_of(queries().bills(patient_, page, anyone())), QueryErrorKind::bad_cursor);
    EXPECT_EQ(kind_of(queries().encounters_by_provider(dt::provider_id(1), page, anyone())),
              QueryErrorKind::bad_cursor);
    EXPECT_EQ(kind_of(queries().census(dt::facility_id(1), page, anyone())),
              QueryErrorKind::bad_cursor);
    EXPECT_EQ(kind_of(queries().encounters_by_day("2025-06-01", page, anyone())),
              QueryErrorKind::bad_cursor);
    EXPECT_EQ(kind_of(queries().code_frequency("PCS", page, anyone())), QueryErrorKind::bad_cursor);
  }
}

TEST_F(QueriesTest, AnUnsizedFirstChartPageStaysBelowFourKibibytes) {
  for (const auto& [id, stream] : history_.streams()) {
    if (stream.kind != StreamKind::patient || stream.version == 0) continue;
    const auto chart = queries().chart(PatientId{id.value}, {}, anyone());
    ASSERT_TRUE(chart);
    const auto bytes = chart->patient.size() + chart->encounters.items.size();
    EXPECT_TRUE(bytes <= 4096 || chart->encounters.rows == 1) << bytes;
  }
  const auto all = queries().chart(patient_, PageRequest{{}, 1'000'000}, anyone());
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->encounters.next_cursor.empty()) << "a larger limit gives more";
}

TEST_F(QueriesTest, SpanningAnswersSayHowFarEachShardIs) {
  const auto before = queries().census(dt::facility_id(1), {}, anyone());
  ASSERT_TRUE(before);
  ASSERT_EQ(before->positions.size(), 4U);
  std::uint64_t applied = 0;
  std::uint64_t committed = 0;
  std::set<std::uint16_t> shards;
  for (const auto& position : before->positions) {
    shards.insert(position.shard.value);
    applied += position.events_applied;
    committed += position.events_committed;
    EXPECT_LE(position.events_applied, position.events_committed);
  }
  EXPECT_EQ(shards.size(), 4U);
  EXPECT_EQ(applied, history_.events());
  EXPECT_EQ(committed, history_.events());
}

TEST_F(QueriesTest, AReadWithItsWritesPositionSeesTheWrite) {
  for (int i = 0; i < 50; ++i) {
    history_.grow(1);
    ReadContext context = anyone();
    context.min_position = history_.last_position();
    for (const auto& [id, stream] : history_.streams()) {
      if (bucket_of(id.value) != context.min_position->bucket || stream.version == 0 ||
          stream.kind != StreamKind::patient) {
        continue;
      }
      const auto chart = queries().chart(PatientId{id.value}, {}, context);
      ASSERT_TRUE(chart) << chart.error().message;
      EXPECT_EQ(chart->version, stream.version);
      EXPECT_GE(chart->position.position, context.min_position->position);
    }
  }
}

TEST_F(QueriesTest, WaitsForAPositionUntilTheDeadlineOnly) {
  // What comes now is not handed over and cannot be read: it is committed, and never reached.
  store_.on_commit(nullptr);
  store_.alter_reads([](store::EventRecord& event) { event.data = "{"; });
  history_.grow(1);
  ReadContext context = anyone();
  context.min_position = history_.last_position();
  context.deadline = steady_clock::now() + milliseconds(30);
  EXPECT_EQ(queries().chart(patient_, {}, context).error().kind, QueryErrorKind::timeout);
}

TEST_F(QueriesTest, DoesNotWaitForAPositionThatWasNeverGivenOut) {
  ReadContext context = anyone();
  context.deadline = steady_clock::now() + std::chrono::minutes(10);
  context.min_position = history_.last_position();
  context.min_position->position += 1;
  EXPECT_EQ(queries().chart(patient_, {}, context).error().kind, QueryErrorKind::position_lost);
  context.min_position = history_.last_position();
  context.min_position->epoch.value += 7;
  EXPECT_EQ(queries().chart(patient_, {}, context).error().kind, QueryErrorKind::position_lost);
}

TEST_F(QueriesTest, APositionOfAnEndedEpochBeyondItsEndIsLost) {
  const PositionToken last = history_.last_position();
  auto reader = store_.open_reader();
  ASSERT_TRUE(reader);
  const auto head = (*(*reader)->heads())[last.bucket.value];
  auto next = head;
  next.epoch.value += 1;
  ASSERT_TRUE(store_.change_head(head, next));
  // The projection learns of the new epoch with the heads.
  ASSERT_TRUE(model_->catch_up(in_a_minute()));

  ReadContext context = anyone();
  context.min_position = last;
  EXPECT_TRUE(queries().chart(patient_, {}, context)) << "its epoch ended at or after it";
  context.min_position->position = head.next_position;
  context.deadline = steady_clock::now() + std::chrono::minutes(10);
  EXPECT_EQ(queries().chart(patient_, {}, context).error().kind, QueryErrorKind::position_lost);
}

// Another connection holds the file's write lock, and the projection cannot write: reads go on.
TEST_F(QueriesTest, AReadNeverWaitsForAWriter) {
  sqlite3* raw = nullptr;
  const std::string path = directory_.path() + "/readmodel.db";
  ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> writer(raw, &sqlite3_close);
  ASSERT_EQ(sqlite3_exec(raw, "BEGIN IMMEDIATE; UPDATE patient SET version=version+100;", nullptr,
                         nullptr, nullptr),
            SQLITE_OK);
  history_.grow(20);
  const auto& stream = history_.streams().at(StreamId{patient_.value});
  const auto chart = queries().chart(patient_, {}, anyone());
  ASSERT_TRUE(chart) << chart.error().message;
  EXPECT_LE(chart->version, stream.version) << "what is not committed is not seen";
  ASSERT_EQ(sqlite3_exec(raw, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  ASSERT_TRUE(model_->catch_up(in_a_minute()));
  expect_queries_equal_folding(queries(), history_, 3);
}

TEST_F(QueriesTest, ATimelineItemTellsWhatWhoAndWhen) {
  const auto page = queries().timeline(patient_, PageRequest{{}, 1}, anyone());
  ASSERT_TRUE(page);
  const auto items = items_of(page->items);
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].find("{\"id\":\""), 0U);
  for (const char* part : {"\"type\":\"patient-registered\"", "\"version\":1",
                           "\"recorded_at\":\"2025-06-02T00:00:", "\"user_id\":\"user-",
                           "\"request_id\":\"request-", "\"data\":{\"patient_id\":\""}) {
    EXPECT_NE(items[0].find(part), std::string::npos) << part << " in " << items[0];
  }
}

TEST(AgeBand, IsTenYearsWideAndOneFromNinetyOn) {
  EXPECT_EQ(age_band(2026, std::nullopt, 2026), "0-9");
  EXPECT_EQ(age_band(2017, std::nullopt, 2026), "0-9");
  EXPECT_EQ(age_band(2016, std::nullopt, 2026), "10-19");
  EXPECT_EQ(age_band(1937, std::nullopt, 2026), "80-89");
  EXPECT_EQ(age_band(1936, std::nullopt, 2026), "90+");
  EXPECT_EQ(age_band(1900, std::nullopt, 2026), "90+");
  EXPECT_EQ(age_band(1950, 1990, 2026), "40-49") << "the age at death";
  EXPECT_EQ(age_band(2030, std::nullopt, 2026), "0-9") << "never negative";
}

}  // namespace
}  // namespace pim::readmodel
