#include "store/sqlite/engine.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/contract_testing.h"
#include "store/sqlite/temporary_directory_testing.h"

namespace pim::store::sqlite {
namespace {

class SqliteHarness final : public StoreHarness {
 public:
  SqliteHarness() {
    SqliteOptions options;
    options.directory = directory_.path() + "/store";
    options.low_water_bytes = 0;
    auto opened = open_sqlite_store(options);
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    if (opened.ok()) store_ = std::move(*opened);
  }
  EventStore& store() override { return *store_; }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<EventStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, EventStoreContract,
                         testing::Values(Engine{"Plain",
                                                [] { return std::make_unique<SqliteHarness>(); }}),
                         engine_name);

}  // namespace
}  // namespace pim::store::sqlite
