#include "readmodel/history_testing.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "domain/decide.h"
#include "domain/domain_testing.h"
#include "domain/json.h"

namespace pim::readmodel {

namespace dt = domain_testing;

// --- SharedStore

class SharedStore::LockedReader final : public store::Reader {
 public:
  LockedReader(SharedStore& owner, std::unique_ptr<store::Reader> reader)
      : owner_(owner), reader_(std::move(reader)) {}

  store::StoreResult<std::vector<store::BucketHead>> heads() override {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.fail_reads_) return Err{unavailable()};
    return reader_->heads();
  }
  store::StoreResult<std::vector<store::EventRecord>> read_bucket(BucketId bucket,
                                                                  std::uint64_t after_position,
                                                                  std::size_t limit) override {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.fail_reads_) return Err{unavailable()};
    return altered(reader_->read_bucket(bucket, after_position, limit));
  }
  store::StoreResult<std::vector<store::EventRecord>> read_stream(BucketId bucket, StreamId stream,
                                                                  Version after_version,
                                                                  std::size_t limit) override {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.fail_reads_) return Err{unavailable()};
    return altered(reader_->read_stream(bucket, stream, after_version, limit));
  }
  store::StoreResult<std::vector<store::Receipt>> read_receipts(std::uint64_t& cursor,
                                                                std::size_t limit) override {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.fail_reads_) return Err{unavailable()};
    return reader_->read_receipts(cursor, limit);
  }
  store::StoreResult<std::optional<std::uint64_t>> last_position_of(BucketId bucket,
                                                                    Epoch epoch) override {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.fail_reads_) return Err{unavailable()};
    return reader_->last_position_of(bucket, epoch);
  }

 private:
  static store::StoreError unavailable() {
    return {store::StoreErrorKind::unavailable, "made to fail"};
  }
  store::StoreResult<std::vector<store::EventRecord>> altered(
      store::StoreResult<std::vector<store::EventRecord>> events) const {
    if (events && owner_.alter_) {
      for (auto& event : *events) owner_.alter_(event);
    }
    return events;
  }

  SharedStore& owner_;
  std::unique_ptr<store::Reader> reader_;
};

void SharedStore::append(std::vector<store::Append> batch, store::BatchDone done) {
  const std::lock_guard lock(mutex_);
  sim_.append(std::move(batch), std::move(done));
  sim_.run();
}
void SharedStore::load(BucketId bucket, StreamId stream, store::LoadDone done) {
  const std::lock_guard lock(mutex_);
  sim_.load(bucket, stream, std::move(done));
  sim_.run();
}
void SharedStore::save_snapshot(store::Snapshot snapshot) {
  const std::lock_guard lock(mutex_);
  sim_.save_snapshot(std::move(snapshot));
}
void SharedStore::find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                               store::ReceiptDone done) {
  const std::lock_guard lock(mutex_);
  sim_.find_receipt(std::move(user_id), std::move(request_id), routing_id, std::move(done));
  sim_.run();
}
void SharedStore::recover(store::Done done) {
  const std::lock_guard lock(mutex_);
  sim_.recover(std::move(done));
  sim_.run();
}
store::StoreResult<void> SharedStore::change_head(const store::BucketHead& expected,
                                                  const store::BucketHead& next) {
  const std::lock_guard lock(mutex_);
  return sim_.change_head(expected, next);
}
store::StoreResult<std::unique_ptr<store::Reader>> SharedStore::open_reader() {
  const std::lock_guard lock(mutex_);
  auto reader = sim_.open_reader();
  if (!reader) return reader;
  return std::unique_ptr<store::Reader>(std::make_unique<LockedReader>(*this, std::move(*reader)));
}
void SharedStore::on_commit(store::CommitListener listener) {
  const std::lock_guard lock(mutex_);
  sim_.on_commit(std::move(listener));
}

// --- History

History::History(store::EventStore& store, std::uint64_t seed, unsigned patients)
    : store_(store), commands_(seed), patients_(patients) {
  auto reader = store.open_reader();
  EXPECT_TRUE(reader);
  auto heads = (*reader)->heads();
  EXPECT_TRUE(heads);
  for (const auto& head : *heads) heads_[head.bucket] = head;
  const TenantId tenant = tenants()[0];
  for (unsigned n = 1; n <= 3; ++n) {
    const StreamId facility{dt::facility_id(n).value};
    const StreamId provider{dt::provider_id(n).value};
    EXPECT_TRUE(offer(facility, StreamKind::facility, tenant, dt::register_facility(n)));
    EXPECT_TRUE(offer(provider, StreamKind::provider, tenant, dt::register_provider(n)));
  }
  AmendFacility amend;
  amend.beds = 77;
  EXPECT_TRUE(
      offer(StreamId{dt::facility_id(2).value}, StreamKind::facility, tenant, Command{amend}));
}

StreamId History::patient(unsigned n) const { return StreamId{dt::patient_id(n).value}; }

std::vector<TenantId> History::tenants() {
  return {*TenantId::parse("north-health"), *TenantId::parse("south-health")};
}

void History::grow(std::size_t events) {
  const std::uint64_t target = events_ + events;
  while (events_ < target) {
    const unsigned n = 1 + commands_.below(patients_);
    const StreamId stream = patient(n);
    Command command = commands_.next(streams_[stream].state, dt::hour(24));
    if (auto* registration = std::get_if<RegisterPatient>(&command)) {
      registration->patient_id = PatientId{stream.value};
    }
    (void)offer(stream, StreamKind::patient, tenants()[n % 2], command);
  }
}

bool History::offer(StreamId id, StreamKind kind, const TenantId& tenant, const Command& command) {
  Stream& stream = streams_[id];
  stream.kind = kind;
  stream.tenant = tenant;
  auto references = dt::standard_references();
  auto decided = decide(stream.state, references, command);
  if (!decided) return false;

  store::Append append;
  append.bucket = bucket_of(id.value);
  append.owner = heads_[append.bucket].owner;
  append.epoch = heads_[append.bucket].epoch;
  append.stream = id;
  append.kind = kind;
  append.expected_version = stream.version;
  ++requests_;
  append.receipt.routing_id = id;
  append.receipt.kind = kind;
  append.receipt.command = command_name(command);
  append.receipt.status = 200;
  auto& origin = append.receipt.origin;
  origin.tenant = tenant;
  origin.user_id = "user-" + std::to_string(requests_ % 5);
  origin.role = "clinician";
  origin.request_id = "request-" + std::to_string(requests_);
  origin.trace_id.fill(static_cast<std::uint8_t>(1 + requests_ % 200));
  origin.span_id.fill(7);
  origin.recorded_at = UtcMillis{dt::hour(24).value + static_cast<std::int64_t>(requests_)};
  if (requests_ % 7 == 0) origin.reason = "entered-in-error";
  append.receipt.fingerprint = store::sha256(origin.request_id);
  for (const auto& event : *decided) {
    store::NewEvent created;
    created.id = EventId{uuid_v7(origin.recorded_at.value, requests_, append.events.size() + 1)};
    created.type = event_type(event);
    created.data = event_to_json(event);
    append.events.push_back(std::move(created));
    evolve(stream.state, event);
  }
  stream.version += decided->size();
  events_ += decided->size();

  std::promise<store::BatchResult> committed;
  std::vector<store::Append> batch;
  batch.push_back(std::move(append));
  store_.append(std::move(batch),
                [&](store::BatchResult result) { committed.set_value(std::move(result)); });
  auto result = committed.get_future().get();
  EXPECT_TRUE(result);
  EXPECT_EQ(result->front().kind, store::AppendResult::Kind::committed);
  const auto& receipt = result->front().receipt;
  last_position_ = {bucket_of(id.value), receipt.epoch, receipt.last_position};
  return true;
}

ReadContext anyone() {
  return {History::tenants(), std::nullopt,
          std::chrono::steady_clock::now() + std::chrono::minutes(1)};
}

}  // namespace pim::readmodel
