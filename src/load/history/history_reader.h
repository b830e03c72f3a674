// Reads a history back, block by block. Memory: one block and the names.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "load/history/history.h"

namespace pim::load {

// A half of a call.
struct HistoryRecord {
  std::uint64_t call = 0;
  bool is_invoke = false;
  Invocation invocation;  // its request_id is valid until the next call of next()
  Completion completion;
};

// Not thread-safe.
class HistoryReader {
 public:
  static Result<HistoryReader, std::string> open(const std::string& file);
  HistoryReader(HistoryReader&&) noexcept;
  HistoryReader& operator=(HistoryReader&&) = delete;
  ~HistoryReader();

  // False at the end. A torn last block, of a writer that was killed in it, is the end; damage
  // before it is an error that names the byte.
  Result<bool, std::string> next(HistoryRecord& record);

  std::string_view text(Name name) const;  // of records read so far
  UtcMillis started_at() const;
  // Of what was read so far: whether its last record is a seal.
  bool sealed() const;

 private:
  struct State;
  explicit HistoryReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace pim::load
