// Read-only connections to readmodel.db, each with its statements prepared.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "readmodel/read_model.h"
#include "store/sqlite/connection.h"

namespace pim::readmodel {

struct ReadConnection {
  explicit ReadConnection(store::sqlite::Connection opened) : connection(std::move(opened)) {}

  store::sqlite::Connection connection;
  store::sqlite::Statement begin, end, checkpoint, checkpoints, patient, encounter,
      encounters_of_patient, bills_of_patient, reference, encounters_of_provider, census,
      encounters_of_day;
};
store::StoreResult<std::unique_ptr<ReadConnection>> open_read_connection(const std::string& path);

class ReadPool {
 public:
  ReadPool(std::string path, std::uint32_t connections);

  // A connection with a read transaction open: all that it reads is of one state of the file. Both
  // end with the lease; none is held for longer than a query takes.
  class Lease {
   public:
    Lease(ReadPool& pool, std::unique_ptr<ReadConnection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    ReadConnection* operator->() const { return connection_.get(); }

   private:
    ReadPool* pool_;
    std::unique_ptr<ReadConnection> connection_;
  };
  // `timeout` where every connection is busy until the deadline.
  QueryResult<Lease> take(std::chrono::steady_clock::time_point deadline);

  // Waits for the leases, closes all connections, and runs `swap` before any is opened again.
  void with_all_closed(const std::function<void()>& swap);

 private:
  void put_back(std::unique_ptr<ReadConnection> connection);

  const std::string path_;
  const std::uint32_t limit_;

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<ReadConnection>> idle_;  // the last used one is taken first
  std::uint32_t leased_ = 0;
  bool closing_ = false;
};

}  // namespace pim::readmodel
