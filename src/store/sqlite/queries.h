// The reads of the port as statements on one read-only connection. One thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/event_store.h"
#include "store/sqlite/connection.h"

namespace pim::store::sqlite {

class Queries {
 public:
  // A connection that can neither write nor checkpoint.
  static StoreResult<Queries> open(const std::string& database, const std::string& vfs);

  StoreResult<std::vector<BucketHead>> heads();
  StoreResult<std::vector<EventRecord>> read_bucket(BucketId bucket, std::uint64_t after_position,
                                                    std::size_t limit);
  StoreResult<std::vector<EventRecord>> read_stream(BucketId bucket, StreamId stream,
                                                    Version after_version, std::size_t limit);
  StoreResult<std::vector<Receipt>> read_receipts(std::uint64_t& cursor, std::size_t limit);
  StoreResult<std::vector<Receipt>> find_receipt(const std::string& user_id,
                                                 const std::string& request_id,
                                                 StreamId routing_id);
  StoreResult<StreamHistory> load(BucketId bucket, StreamId stream);
  StoreResult<std::optional<std::uint64_t>> last_position_of(BucketId bucket, Epoch epoch);

  Connection& connection() { return connection_; }

 private:
  explicit Queries(Connection connection) : connection_(std::move(connection)) {}
  StoreResult<void> prepare();

  // The rows of a bound statement, each read by `read`.
  template <class Row>
  StoreResult<std::vector<Row>> collect(Run& run, Row (*read)(Run&), std::string_view doing);

  Connection connection_;  // before the statements: destroyed after them
  Statement heads_;
  Statement bucket_;
  Statement stream_;
  Statement receipts_;
  Statement receipt_;
  Statement snapshot_;
  Statement head_epoch_;
  Statement epoch_end_;
};

}  // namespace pim::store::sqlite
