// The searchable index over events: a file of its own, fed by a follower like any projection. It
// holds keys only; what is found is read from the store, so the index can neither leak nor lie.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

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

  readmodel::DerivedFile file_;
  store::sqlite::Statement insert_;
  bool open_ = false;  // a transaction
  std::unordered_map<std::uint16_t, readmodel::Checkpoint> reached_;
};

// A place in the order of search results: newest first.
struct EventPlace {
  std::int64_t at = 0;
  std::uint64_t ref = 0;
};

// Reads the index. One thread at a time.
class EventIndexReader {
 public:
  enum class By { user, request, trace, stream, time };

  static store::StoreResult<std::unique_ptr<EventIndexReader>> open(const std::string& path);
  // Calls visit for each entry under `key` before `before` and not older than `from`, newest first,
  // until it returns false.
  store::StoreResult<void> scan(By by, std::int64_t key, EventPlace before, std::int64_t from,
                                const std::function<bool(EventPlace)>& visit);

 private:
  explicit EventIndexReader(store::sqlite::Connection connection)
      : connection_(std::move(connection)) {}
  store::sqlite::Connection connection_;
};

}  // namespace pim::audit
