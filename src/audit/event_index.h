// The searchable index over events: a file of its own, fed by a follower like any projection. It
// holds keys only; what is found is read from the store, so the index can neither leak nor lie.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "readmodel/derived_file.h"
#include "readmodel/sink.h"
#include "store/event_store.h"

namespace pim::audit {

// 64 bits of SHA-256: equal texts have equal keys, and a match is checked against the event itself.
std::int64_t search_key(std::string_view text);
std::int64_t search_key(const std::uint8_t* bytes, std::size_t size);

// Where an event stands, as one number: bucket, then position.
constexpr int kPositionBits = 44;
constexpr std::uint64_t event_ref(BucketId bucket, std::uint64_t position) {
  return (static_cast<std::uint64_t>(bucket.value) << kPositionBits) | position;
}
constexpr BucketId bucket_of_ref(std::uint64_t ref) {
  return BucketId{static_cast<std::uint16_t>(ref >> kPositionBits)};
}
constexpr std::uint64_t position_of_ref(std::uint64_t ref) {
  return ref & ((std::uint64_t{1} << kPositionBits) - 1);
}

// A place in the order of search results: newest first.
struct EventPlace {
  std::int64_t at = 0;
  std::uint64_t ref = 0;
  auto operator<=>(const EventPlace&) const = default;
};

// What events are found by. A patient's are found in the store itself, by their stream.
enum class IndexedBy { time, user, request, trace };

class EventIndex final : public readmodel::Sink {
 public:
  static store::StoreResult<std::unique_ptr<EventIndex>> open(const std::string& path);

  const std::vector<readmodel::Checkpoint>& checkpoints() const override {
    return file_.checkpoints();
  }
  store::StoreResult<void> apply(const store::EventRecord& event) override;
  store::StoreResult<void> commit() override;

 private:
  explicit EventIndex(readmodel::DerivedFile file) : file_(std::move(file)) {}

  struct Entry {
    std::int64_t key = 0;
    EventPlace place;
    auto operator<=>(const Entry&) const = default;
  };
  static constexpr std::size_t kIndexes = 4;

  store::StoreResult<void> write_batch();

  readmodel::DerivedFile file_;
  store::sqlite::Statement insert_[kIndexes];
  // The open batch, by index: written in the order of its table.
  std::vector<Entry> batch_[kIndexes];
  std::unordered_map<std::uint16_t, readmodel::Checkpoint> reached_;
};

// Reads the index. One thread at a time.
class EventIndexReader {
 public:
  static store::StoreResult<std::unique_ptr<EventIndexReader>> open(const std::string& path);
  // Calls visit for each entry under `key` (0 for time) before `before` and not older than `from`,
  // newest first, until it returns false.
  store::StoreResult<void> scan(IndexedBy by, std::int64_t key, EventPlace before,
                                std::int64_t from, const std::function<bool(EventPlace)>& visit);

 private:
  explicit EventIndexReader(store::sqlite::Connection connection)
      : connection_(std::move(connection)) {}
  store::sqlite::Connection connection_;
};

}  // namespace pim::audit
