#include "store/record.h"

#include <gtest/gtest.h>

#include <functional>

#include "store/sample_testing.h"

namespace pim::store {
namespace {

EventRecord example() {
  EventRecord event;
  event.id.value.bytes.fill(0x11);
  event.stream.value.bytes.fill(0x22);
  event.kind = StreamKind::patient;
  event.version = 3;
  event.bucket = BucketId{5};
  event.position = 4;
  event.type = "encounter-opened";
  event.schema_version = 1;
  event.data = R"({"a":1})";
  event.origin = sample::origin("request-1");
  event.prev_hash = sha256("before");
  return event;
}

// The example of docs/formats/event-store.md: stored chains depend on it for ever.
TEST(Record, HashesTheDocumentedForm) {
  EXPECT_EQ(hash_of(example()).to_hex(),
            "28fed703003e9b956d98ac31a1554321b4ad870f36b7812eac0041a2ed7147d8");
}

TEST(Record, HashDependsOnEveryField) {
  const std::vector<std::function<void(EventRecord&)>> changes = {
      [](EventRecord& e) { e.id.value.bytes[0] ^= 1; },
      [](EventRecord& e) { e.stream.value.bytes[15] ^= 1; },
      [](EventRecord& e) { e.kind = StreamKind::facility; },
      [](EventRecord& e) { e.version += 1; },
      [](EventRecord& e) { e.bucket.value ^= 1; },
      [](EventRecord& e) { e.position += 1; },
      [](EventRecord& e) { e.type += "x"; },
      [](EventRecord& e) { e.schema_version += 1; },
      [](EventRecord& e) { e.data += " "; },
      [](EventRecord& e) { e.origin.tenant = *TenantId::parse("south-health"); },
      [](EventRecord& e) { e.origin.user_id += "x"; },
      [](EventRecord& e) { e.origin.role += "x"; },
      [](EventRecord& e) { e.origin.request_id += "x"; },
      [](EventRecord& e) { e.origin.trace_id[3] ^= 1; },
      [](EventRecord& e) { e.origin.span_id[3] ^= 1; },
      [](EventRecord& e) { e.origin.recorded_at.value += 1; },
      [](EventRecord& e) { e.origin.reason += "x"; },
      [](EventRecord& e) { e.prev_hash.bytes[31] ^= 1; },
      // Moving a character from one text to the next must not go unseen.
      [](EventRecord& e) {
        e.origin.role.pop_back();
        e.origin.request_id.insert(0, "n");
      },
  };
  const Digest original = hash_of(example());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EventRecord changed = example();
    changes[i](changed);
    EXPECT_NE(hash_of(changed), original) << "change " << i;
  }
}

TEST(Record, HashDoesNotDependOnTheStoredHash) {
  EventRecord event = example();
  event.hash = sha256("anything");
  EXPECT_EQ(hash_of(event), hash_of(example()));
}

}  // namespace
}  // namespace pim::store
