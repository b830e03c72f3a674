// Rows by ranges of buckets, in bounded memory: each partition is a buffer, and an unlinked file
// beneath it once the buffer has been full. So the check holds one range at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "domain/result.h"
#include "load/socket.h"

namespace pim::load {

inline constexpr std::size_t kPartitions = 64;

// Bytes that are written once and read back once. Not thread-safe.
class SpillFile {
 public:
  // Creates the file, in the directory for temporary files, at the first call.
  Result<void, std::string> append(const void* data, std::size_t size);
  Result<void, std::string> read(void* data) const;  // all of it
  std::size_t size() const { return size_; }

 private:
  Fd file_;
  std::size_t size_ = 0;
};

template <class Row>
class Partitions {
  static_assert(std::is_trivially_copyable_v<Row>);

 public:
  // Thread-safe. An error shows in take().
  void add(const Row& row) {
    Partition& partition = partitions_[row.stream >> (64 - kBits)];
    const std::lock_guard lock(partition.mutex);
    partition.rows.push_back(row);
    if (partition.rows.size() < kBuffered) return;
    auto done = partition.file.append(partition.rows.data(), partition.rows.size() * sizeof(Row));
    if (!done && partition.error.empty()) partition.error = std::move(done.error());
    partition.rows.clear();
  }
  // Once for each, when nothing more is added: its rows in the order in which they came.
  Result<std::vector<Row>, std::string> take(std::size_t index) {
    Partition& partition = partitions_[index];
    if (!partition.error.empty()) return Err{partition.error};
    const std::size_t in_file = partition.file.size() / sizeof(Row);
    if (in_file == 0) return std::move(partition.rows);
    std::vector<Row> rows(in_file);
    if (auto done = partition.file.read(rows.data()); !done) return Err{std::move(done.error())};
    rows.insert(rows.end(), partition.rows.begin(), partition.rows.end());
    partition.rows = {};
    partition.file = {};
    return rows;
  }

 private:
  static constexpr unsigned kBits = 6;
  static_assert(1U << kBits == kPartitions);
  static constexpr std::size_t kBuffered = 2048;

  struct Partition {
    std::mutex mutex;
    std::vector<Row> rows;
    SpillFile file;
    std::string error;
  };
  std::array<Partition, kPartitions> partitions_;
};

}  // namespace pim::load
