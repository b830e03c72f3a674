#include "store/sqlite/schema.h"

#include <gtest/gtest.h>

#include "store/sample_testing.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/schema_v1_testing.h"
#include "store/sqlite/temporary_directory_testing.h"
#include "store/sqlite/write_session.h"

namespace pim::store::sqlite {
namespace {

class Schema : public testing::Test {
 protected:
  // A database file at the store's place, made by `sql`.
  void make(const std::string& sql) {
    auto connection = Connection::open(database_path(directory_.path()), OpenMode::create, "");
    ASSERT_TRUE(connection.ok());
    const auto made = connection->execute(sql);
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  StoreResult<std::unique_ptr<EventStore>> open() {
    SqliteOptions options;
    options.directory = directory_.path();
    options.low_water_bytes = 0;
    return open_sqlite_store(options);
  }
  std::int64_t query(const std::string& sql) {
    auto connection = Connection::open(database_path(directory_.path()), OpenMode::read_only, "");
    EXPECT_TRUE(connection.ok());
    auto value = connection->query_integer(sql);
    EXPECT_TRUE(value.ok());
    return value.ok() ? *value : -1;
  }
  TemporaryDirectory directory_;
};

TEST_F(Schema, IsCurrentInANewStore) {
  ASSERT_TRUE(open().ok());
  EXPECT_EQ(query("PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(query("PRAGMA application_id"), kApplicationId);
}

TEST_F(Schema, KeysOrderByBucketThenPosition) {
  EXPECT_LT(event_key(BucketId{1}, 1), event_key(BucketId{1}, 2));
  EXPECT_LT(event_key(BucketId{1}, (std::uint64_t{1} << kPositionBits) - 1),
            event_key(BucketId{2}, 1));
  const std::uint64_t last = event_key(BucketId{4095}, 77);
  EXPECT_EQ(bucket_of_key(last), BucketId{4095});
  EXPECT_EQ(position_of_key(last), 77u);
  EXPECT_GT(static_cast<std::int64_t>(last), 0) << "a rowid is signed";
}

TEST_F(Schema, BringsAnOlderFileUpToDateAndKeepsWhatIsInIt) {
  make(kSchemaV1);
  {
    auto store = open();
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_EQ((*store)->node().to_string(), "0192f0c0-0000-7000-8000-000000000001");
    auto reader = (*store)->open_reader();
    ASSERT_TRUE(reader.ok());
    std::uint64_t cursor = 0;
    auto receipts = (*reader)->read_receipts(cursor, 10);
    ASSERT_TRUE(receipts.ok());
    ASSERT_EQ(receipts->size(), 1u);
    EXPECT_EQ(receipts->front().origin.request_id, "r-old");

    auto events = (*reader)->read_bucket(BucketId{1234}, 0, 10);
    ASSERT_TRUE(events.ok());
    ASSERT_EQ(events->size(), 1u);
    EXPECT_EQ(events->front().data, "{\"old\":1}");
    EXPECT_EQ(events->front().origin.request_id, "r-older");

    // What version 2 brought works.
    BucketHead head = (*reader)->heads()->front();
    BucketHead next = head;
    next.epoch = Epoch{2};
    ASSERT_TRUE((*store)->change_head(head, next).ok());
    EXPECT_EQ(*(*reader)->last_position_of(BucketId{0}, Epoch{1}), 0u);
  }
  EXPECT_EQ(query("PRAGMA user_version"), kSchemaVersion);
  ASSERT_TRUE(open().ok()) << "a second time";
}

TEST_F(Schema, RefusesANewerFileAndLeavesItAlone) {
  make(std::string(kSchemaV1) + "PRAGMA user_version = 99;");
  const auto store = open();
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, StoreErrorKind::rejected);
  EXPECT_NE(store.error().message.find("version 99"), std::string::npos) << store.error().message;
  EXPECT_EQ(query("PRAGMA user_version"), 99);
  EXPECT_EQ(query("SELECT count(*) FROM sqlite_schema WHERE name = 'epoch_end'"), 0);
}

TEST_F(Schema, RefusesADatabaseOfAnotherProgram) {
  make("CREATE TABLE cats(name TEXT)");
  const auto store = open();
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, StoreErrorKind::rejected);
  EXPECT_EQ(query("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(Schema, RefusesAStoreWithoutAllOfItsHeads) {
  ASSERT_TRUE(open().ok());
  make("DELETE FROM bucket_head WHERE bucket = 17");
  const auto store = open();
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind, StoreErrorKind::corrupt);
}

}  // namespace
}  // namespace pim::store::sqlite
