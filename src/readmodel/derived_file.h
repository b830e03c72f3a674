// A SQLite file whose rows are made from events alone, with a checkpoint by bucket. It is worth
// nothing but time: where its form or its content is in doubt, it is dropped and made again.
//
// One connection writes and checkpoints it; every other one is read-only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readmodel/sink.h"
#include "store/event_store.h"
#include "store/sqlite/connection.h"

namespace pim::readmodel {

struct DerivedSchema {
  std::int64_t version = 1;  // kept in the file; a file of another version is dropped
  std::string_view sql;      // makes the tables in an empty file
};

class DerivedFile {
 public:
  static store::StoreResult<DerivedFile> open(const std::string& path, const DerivedSchema& schema);

  store::sqlite::Connection& connection() { return connection_; }
  const std::vector<Checkpoint>& checkpoints() const { return committed_; }

  store::StoreResult<void> begin();
  store::StoreResult<void> save_checkpoint(BucketId bucket, const Checkpoint& checkpoint);
  store::StoreResult<void> commit();
  // Also after a failed commit(), whose outcome only the file knows: reads the checkpoints again.
  store::StoreResult<void> rollback();

  // The connection's last failure, always as `unavailable`: to a Follower only an event is corrupt.
  store::StoreError failure(std::string_view doing) const;
  // Steps a statement that returns no row.
  store::StoreResult<void> finish(store::sqlite::Run& run, std::string_view doing) const;

 private:
  static store::StoreError malformed(std::string_view what);
  explicit DerivedFile(store::sqlite::Connection connection) : connection_(std::move(connection)) {}
  static store::StoreResult<DerivedFile> open_as_it_is(const std::string& path,
                                                       const DerivedSchema& schema);
  store::StoreResult<void> prepare_file(const DerivedSchema& schema);
  store::StoreResult<void> load_checkpoints();

  store::sqlite::Connection connection_;
  store::sqlite::Statement begin_;
  store::sqlite::Statement commit_;
  store::sqlite::Statement rollback_;
  store::sqlite::Statement save_;
  std::vector<Checkpoint> committed_;
  std::vector<std::pair<BucketId, Checkpoint>> open_;  // saved in the open transaction
};

// For queries: sees a consistent state in each transaction, and never waits for the writer.
store::StoreResult<store::sqlite::Connection> open_derived_reader(const std::string& path);

// The file with what SQLite keeps beside it. No connection may be open.
void remove_derived_file(const std::string& path);

}  // namespace pim::readmodel
