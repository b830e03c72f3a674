#include "store/sample_testing.h"

#include <algorithm>
#include <unordered_map>

namespace pim::store::sample {

Uuid uuid(std::uint64_t number) {
  return uuid_v7(1'700'000'000'000 + static_cast<std::int64_t>(number % 1'000'000),
                 number * 0x9E3779B97F4A7C15ULL, number * 0xC2B2AE3D27D4EB4FULL + 1);
}

StreamId stream_in(BucketId bucket, std::uint64_t number) {
  std::uint64_t found = 0;
  for (std::uint64_t candidate = 1;; ++candidate) {
    const Uuid id = uuid(candidate);
    if (bucket_of(id) == bucket && found++ == number) return StreamId{id};
  }
}

Origin origin(const std::string& request_id, const std::string& user_id) {
  Origin origin;
  origin.tenant = *TenantId::parse("north-health");
  origin.user_id = user_id;
  origin.role = "clinician";
  origin.request_id = request_id;
  origin.trace_id.fill(0x5A);
  origin.span_id.fill(0xA5);
  origin.recorded_at = UtcMillis{1'700'000'000'123};
  return origin;
}

Append append(NodeId owner, StreamId stream, Version expected_version, std::size_t events,
              const std::string& request_id) {
  Append append;
  append.bucket = bucket_of(stream.value);
  append.owner = owner;
  append.epoch = Epoch{1};
  append.stream = stream;
  append.expected_version = expected_version;
  for (std::size_t i = 0; i < events; ++i) {
    const std::string label = request_id + "/" + std::to_string(i);
    NewEvent event;
    const Digest seed = sha256(stream.to_string() + label);
    std::copy_n(seed.bytes.begin(), event.id.value.bytes.size(), event.id.value.bytes.begin());
    event.type = "encounter-opened";
    event.data = R"({"label":")" + label + "\"}";
    append.events.push_back(std::move(event));
  }
  append.receipt.routing_id = stream;
  append.receipt.origin = origin(request_id);
  append.receipt.command = "open-encounter";
  append.receipt.fingerprint = sha256(request_id);
  append.receipt.status = 200;
  return append;
}

Append rejection(NodeId owner, StreamId stream, Version version, const std::string& request_id) {
  Append rejected = append(owner, stream, version, 0, request_id);
  rejected.receipt.status = 409;
  rejected.receipt.problem_type = "encounter-not-open";
  rejected.receipt.problem_params = R"({"status":"closed"})";
  return rejected;
}

std::string chain_problem(Reader& reader, const BucketHead& head) {
  constexpr std::size_t kPage = 100;
  const std::string where = "bucket " + std::to_string(head.bucket.value) + ", position ";
  std::uint64_t position = 0;
  Digest last;
  std::unordered_map<StreamId, Version> versions;
  while (true) {
    auto page = reader.read_bucket(head.bucket, position, kPage);
    if (!page) return where + std::to_string(position) + ": " + page.error().message;
    for (const EventRecord& event : *page) {
      const std::string at = where + std::to_string(event.position) + ": ";
      if (event.position != position + 1) return at + "a gap before it";
      if (event.prev_hash != last) return at + "prev_hash is not the hash before it";
      if (event.hash != hash_of(event)) return at + "hash is not its content's";
      if (event.version != ++versions[event.stream]) return at + "a version is missing before it";
      position = event.position;
      last = event.hash;
    }
    if (page->size() < kPage) break;
  }
  if (head.next_position != position + 1)
    return where + std::to_string(position) + ": head differs";
  if (head.chain_hash != last) return where + std::to_string(position) + ": head's hash differs";
  return {};
}

}  // namespace pim::store::sample
