#include "store/append_rules.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "store/planted.h"

namespace pim::store {
namespace {

constexpr std::size_t kMaxUser = 64;
constexpr std::size_t kMaxRequest = 128;

std::string_view flaw(const Append& append) {
  const Origin& origin = append.receipt.origin;
  if (append.bucket != bucket_of(append.stream.value)) return "bucket is not bucket_of(stream)";
  if (append.receipt.routing_id != append.stream) return "receipt.routing_id is not the stream";
  if (origin.user_id.empty() || origin.user_id.size() > kMaxUser) return "user_id: 1 to 64 bytes";
  if (origin.request_id.empty() || origin.request_id.size() > kMaxRequest) {
    return "request_id: 1 to 128 bytes";
  }
  if (origin.tenant.text().empty()) return "tenant is missing";
  if (append.events.size() > kMaxEventsPerAppend) return "more than 1,000 events in one append";
  const bool oversized =
      std::any_of(append.events.begin(), append.events.end(),
                  [](const NewEvent& event) { return event.data.size() > kMaxEventData; });
  if (oversized) return "an event's data is longer than 1 MiB";
  return {};
}

}  // namespace

std::optional<StoreError> malformed(const Append& append) {
  const std::string_view what = flaw(append);
  if (what.empty()) return std::nullopt;
  return StoreError{StoreErrorKind::rejected, "append to stream " + append.stream.to_string() +
                                                  " is malformed: " + std::string(what)};
}

EventRecord make_record(Append& append, std::size_t index, std::uint64_t position,
                        const Digest& prev_hash) {
  NewEvent& event = append.events[index];
  EventRecord record;
  record.id = event.id;
  record.stream = append.stream;
  record.kind = append.kind;
  record.version = append.expected_version + index + 1;
  record.bucket = append.bucket;
  record.position = position;
  record.type = std::move(event.type);
  record.schema_version = event.schema_version;
  record.data = std::move(event.data);
  record.origin = append.receipt.origin;
  if (planted(Bug::drop_user)) record.origin.user_id.clear();
  if (planted(Bug::drop_request)) record.origin.request_id.clear();
  if (planted(Bug::wrong_user)) record.origin.user_id = "somebody-else";
  if (planted(Bug::wrong_bucket)) record.bucket.value ^= 1U;
  if (planted(Bug::skip_version, 10)) ++record.version;
  if (planted(Bug::reorder_commit) && position > 1) record.position ^= 1U;
  record.prev_hash = prev_hash;
  record.hash = hash_of(record);
  if (planted(Bug::altered_event) && record.type == "patient-amended") {
    std::ranges::replace(record.data, '3', '4');  // in its zip3
  }
  return record;
}

Receipt complete_receipt(Append& append, std::uint64_t first_position) {
  Receipt receipt = std::move(append.receipt);
  receipt.kind = append.kind;
  receipt.version = append.expected_version + append.events.size();
  receipt.first_position = append.events.empty() ? 0 : first_position;
  receipt.last_position = append.events.empty() ? 0 : first_position + append.events.size() - 1;
  receipt.epoch = append.epoch;
  return receipt;
}

bool owns(const BucketHead& head, const Append& append) {
  if (planted(Bug::ignore_fence)) return true;
  return head.state == BucketState::active && head.owner == append.owner &&
         head.epoch == append.epoch;
}

}  // namespace pim::store
