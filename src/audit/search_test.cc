// Searches against what a plain filter over all records says.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "audit/audit.h"
#include "audit/record_json.h"
#include "audit/segment.h"
#include "audit/store_record.h"
#include "domain/domain_testing.h"
#include "readmodel/read_model_testing.h"
#include "store/sqlite/temporary_directory_testing.h"

namespace pim::audit {
namespace {

namespace dt = domain_testing;
using readmodel::History;
using readmodel::in_a_minute;
using readmodel::items_of;
using readmodel::SharedStore;
using store::sqlite::TemporaryDirectory;

// A record with its place in the order: newest first; journal entries before events of the same
// time; the later one of a journal, the further one of the buckets first.
struct Placed {
  std::int64_t at;
  int source;
  std::uint64_t a;
  std::uint64_t b;
  std::string record;
  auto key() const { return std::tie(at, source, a, b); }
};

class SearchTest : public testing::Test {
 protected:
  void SetUp() override {
    history_.grow(300);
    // Two nodes' journals, in segments of a few entries, with times that go back now and then.
    for (const char* node : {"a", "b"}) {
      JournalOptions options;
      options.directory = journals() + "/" + node;
      options.node = NodeId{uuid_v7(1'750'000'000'000, static_cast<std::uint64_t>(*node), 1)};
      options.segment_bytes = 3'000;
      options.reserve_bytes = 0;
      auto journal = Journal::open(options);
      ASSERT_TRUE(journal) << journal.error().message;
      for (int i = 0; i < 60; ++i) ASSERT_TRUE((*journal)->append(entry(i)));
      ASSERT_GT(list_segments(options.directory).size(), 5U);
    }
    open();
  }
  void TearDown() override { store_.on_commit(nullptr); }

  void open() {
    auto index = AuditIndex::open(store_, {directory_.path() + "/index", journals()});
    ASSERT_TRUE(index) << index.error().message;
    index_ = std::move(*index);
    store_.on_commit([this](const auto& events) { index_->announce(events); });
    ASSERT_TRUE(index_->catch_up(in_a_minute()));
  }

  Entry entry(int i) const {
    Entry entry;
    entry.kind = i % 4 == 0 ? EntryKind::rejected : EntryKind::read;
    entry.at = UtcMillis{dt::hour(24).value + 5 * i - (i % 7 == 0 ? 40 : 0)};
    entry.user_id = "user-" + std::to_string(i % 5);
    entry.role = "clinician";
    entry.tenant = History::tenants()[static_cast<std::size_t>(i % 2)].text();
    entry.request_id = "request-" + std::to_string(i * 3);
    entry.trace_id.fill(static_cast<std::uint8_t>(1 + i % 200));
    if (i % 3 == 0) entry.patient = PatientId{history_.patient(1 + i % 12).value};
    entry.operation = "get-chart";
    entry.status = i % 4 == 0 ? 409 : 200;
    return entry;
  }
  std::string journals() const { return directory_.path() + "/journals"; }

  // Every record there is, newest first.
  std::vector<Placed> everything() {
    std::vector<Placed> all;
    auto reader = store_.open_reader();
    const auto heads = (*reader)->heads();
    for (const auto& head : *heads) {
      const auto events = (*reader)->read_bucket(head.bucket, 0, 10'000);
      for (const auto& event : *events) {
        all.push_back({event.origin.recorded_at.value, 0, event.bucket.value, event.position,
                       event_record(event)});
      }
    }
    std::uint64_t journal = 0;
    for (const auto& directory : list_journals(journals())) {
      for (const auto& segment : list_segments(directory)) {
        auto lines = LineReader::open(segment.path);
        std::string_view line;
        while (lines->next(line)) {
          if (parse_header(line)) continue;
          all.push_back({UtcMillis::parse(text_field(line, "at"))->value, 1, journal,
                         *sequence_of(line), std::string(line)});
        }
      }
      ++journal;
    }
    std::sort(all.begin(), all.end(),
              [](const Placed& x, const Placed& y) { return x.key() > y.key(); });
    return all;
  }

  // By the records' own text.
  std::vector<std::string> filtered(const SearchQuery& query) {
    std::vector<std::string> records;
    for (const auto& each : everything()) {
      const auto is = [&](std::string_view name, const std::string& wanted) {
        return wanted.empty() || text_field(each.record, name) == wanted;
      };
      const bool tenant =
          query.tenants.empty() ||
          std::any_of(query.tenants.begin(), query.tenants.end(), [&](const TenantId& tenant_id) {
            return text_field(each.record, "tenant") == tenant_id.text();
          });
      if (tenant && is("who", query.user_id) && is("request_id", query.request_id) &&
          is("trace_id", query.trace_id) &&
          is("patient", query.patient ? query.patient->to_string() : "") &&
          (!query.from || each.at >= query.from->value) &&
          (!query.to || each.at < query.to->value)) {
        records.push_back(each.record);
      }
    }
    return records;
  }

  std::vector<std::string> walked(SearchQuery query, std::uint32_t limit) {
    std::vector<std::string> records;
    query.limit = limit;
    for (;;) {
      auto page = index_->search(query);
      EXPECT_TRUE(page) << page.error().message;
      if (!page) return records;
      const auto items = items_of(page->items);
      EXPECT_EQ(items.size(), page->rows);
      EXPECT_LE(items.size(), limit);
      records.insert(records.end(), items.begin(), items.end());
      if (page->next_cursor.empty()) return records;
      EXPECT_FALSE(items.empty());
      if (items.empty()) return records;
      query.cursor = page->next_cursor;
    }
  }

  void expect_same(const SearchQuery& query, std::size_t at_least) {
    const auto wanted = filtered(query);
    EXPECT_GE(wanted.size(), at_least);
    for (const std::uint32_t limit : {5U, 7U, 200U}) EXPECT_EQ(walked(query, limit), wanted);
  }

  TemporaryDirectory directory_;
  SharedStore store_{81};
  History history_{store_, 81};
  std::unique_ptr<AuditIndex> index_;
};

TEST_F(SearchTest, FindsEverythingNewestFirst) {
  expect_same({}, 400);
  EXPECT_EQ(walked({}, 1), filtered({})) << "one a page";
}

TEST_F(SearchTest, ByUser) {
  SearchQuery query;
  query.user_id = "user-3";
  expect_same(query, 30);
  query.user_id = "user-";
  expect_same(query, 0);
  EXPECT_TRUE(walked(query, 50).empty()) << "a part of a name is not the name";
}

TEST_F(SearchTest, ByRequest) {
  SearchQuery query;
  query.request_id = "request-12";  // of an event, and of an entry in each journal
  expect_same(query, 3);
  query.request_id = "request-123456";
  EXPECT_TRUE(walked(query, 50).empty());
}

TEST_F(SearchTest, ByTrace) {
  SearchQuery query;
  query.trace_id = "05050505050505050505050505050505";
  expect_same(query, 2);
}

TEST_F(SearchTest, ByPatient) {
  SearchQuery query;
  query.patient = PatientId{history_.patient(1).value};
  expect_same(query, 10);
}

TEST_F(SearchTest, ByTime) {
  SearchQuery query;
  query.from = UtcMillis{dt::hour(24).value + 50};
  expect_same(query, 50);
  query.to = UtcMillis{dt::hour(24).value + 150};
  expect_same(query, 50);
  query.from.reset();
  expect_same(query, 50);
}

TEST_F(SearchTest, ByTenantAndSeveralCriteriaAtOnce) {
  SearchQuery query;
  query.tenants = {History::tenants()[1]};
  expect_same(query, 50);
  query.user_id = "user-2";
  query.from = UtcMillis{dt::hour(24).value + 20};
  expect_same(query, 5);
  query.tenants = {*TenantId::parse("west-health")};
  EXPECT_TRUE(walked(query, 50).empty());
}

TEST_F(SearchTest, FindsWhatIsWrittenWhileItIsOpen) {
  history_.grow(50);
  ASSERT_TRUE(index_->catch_up(in_a_minute()));
  expect_same({}, 450);
}

TEST_F(SearchTest, IsMadeAgainFromNothing) {
  store_.on_commit(nullptr);
  index_.reset();
  std::filesystem::remove_all(directory_.path() + "/index");
  open();
  expect_same({}, 400);
}

TEST_F(SearchTest, ACursorBelongsToItsCriteria) {
  SearchQuery query;
  query.limit = 3;
  const auto page = index_->search(query);
  ASSERT_TRUE(page);
  ASSERT_FALSE(page->next_cursor.empty());
  query.cursor = page->next_cursor;
  query.user_id = "user-3";
  EXPECT_EQ(index_->search(query).error().kind, SearchError::Kind::bad_cursor);
  query.cursor = "garbage";
  EXPECT_EQ(index_->search(query).error().kind, SearchError::Kind::bad_cursor);
}

// Names, ids and hashes; never what an event says.
TEST_F(SearchTest, ARecordHoldsNoValues) {
  for (const auto& record : walked({}, 200)) {
    EXPECT_EQ(record.find("birth_year"), std::string::npos);
    EXPECT_EQ(record.find("icd10cm"), std::string::npos);
    EXPECT_EQ(record.find("\"data\""), std::string::npos);
  }
}

}  // namespace
}  // namespace pim::audit
