#include "api/fakes_testing.h"

#include <algorithm>
#include <thread>

#include "api/command_service.h"

namespace pim::api {

using readmodel::Page;
using readmodel::PageRequest;
using readmodel::QueryError;
using readmodel::QueryErrorKind;
using readmodel::QueryResult;
using readmodel::ReadContext;
using readmodel::SpanningPage;

void FakeWorld::add(const Uuid& stream, const std::string& tenant) {
  const std::lock_guard lock(mutex_);
  tenants_[stream] = tenant;
}
bool FakeWorld::visible(const Uuid& stream, const std::vector<TenantId>& tenants) const {
  const std::lock_guard lock(mutex_);
  const auto found = tenants_.find(stream);
  return found != tenants_.end() &&
         std::any_of(tenants.begin(), tenants.end(),
                     [&](const TenantId& tenant) { return tenant.text() == found->second; });
}
bool FakeWorld::exists(const Uuid& stream) const {
  const std::lock_guard lock(mutex_);
  return tenants_.contains(stream);
}

spine::CommandReply FakeSpine::decide(const spine::CommandRequest& request) {
  spine::CommandReply reply;
  const bool create = std::holds_alternative<RegisterPatient>(request.command) ||
                      std::holds_alternative<RegisterProvider>(request.command) ||
                      std::holds_alternative<RegisterFacility>(request.command);
  if (create && world_.exists(request.stream.value)) {
    reply.outcome = spine::Outcome::rejected;
    reply.status = 409;
    reply.problem_type = "id-taken";
    reply.problem_params = {{"what", "stream"}, {"id", request.stream.to_string()}};
    return reply;
  }
  if (create) {
    world_.add(request.stream.value, request.origin.tenant.text());
  } else if (!world_.visible(request.stream.value, request.tenants)) {
    reply.outcome = spine::Outcome::not_found;
    reply.status = 404;
    reply.problem_type = "stream-unknown";
    reply.problem_params = {{"kind", std::string(to_string(stream_kind_of(request.command)))}};
    return reply;
  }
  reply.outcome = spine::Outcome::accepted;
  reply.status = 200;
  reply.version = create ? 1 : 2;
  reply.bucket = bucket_of(request.stream.value);
  reply.epoch = Epoch{1};
  reply.last_position = 7;
  reply.events = 1;
  if (request.sampled) reply.event_types = {create ? "patient-registered" : "patient-amended"};
  return reply;
}

void FakeSpine::submit(spine::CommandRequest request, spine::Reply reply) {
  spine::CommandReply answer;
  {
    const std::lock_guard lock(mutex_);
    if (scripted_) {
      answer = *scripted_;
    } else {
      const std::pair key(request.origin.user_id, request.origin.request_id);
      const auto earlier = receipts_.find(key);
      if (earlier != receipts_.end()) {
        answer = earlier->second;
        answer.replayed = true;
        answer.event_types.clear();
      } else {
        answer = decide(request);
        if (answer.outcome != spine::Outcome::not_found && recording_.load()) {
          receipts_[key] = answer;
        }
      }
    }
    if (recording_.load()) requests_.push_back(std::move(request));
    if (holding_) {
      held_.emplace_back(std::move(answer), std::move(reply));
      changed_.notify_all();
      return;
    }
  }
  reply(std::move(answer));
}

std::vector<spine::ShardStats> FakeSpine::shard_stats() const {
  std::vector<spine::ShardStats> stats(2);
  for (std::uint16_t i = 0; i < 2; ++i) {
    stats[i].shard = ShardId{i};
    stats[i].commands = 10U + i;
    stats[i].group_events[63] = 4;
    stats[i].shed[1] = i;
  }
  return stats;
}

spine::CommitterStats FakeSpine::committer_stats() const {
  telemetry::Histogram commits;
  commits.observe(0.0015);
  spine::CommitterStats stats;
  stats.batches = 4;
  stats.appends = 21;
  stats.events = 22;
  stats.commit_seconds = commits.snapshot();
  return stats;
}

void FakeSpine::answer_with(std::optional<spine::CommandReply> reply) {
  const std::lock_guard lock(mutex_);
  scripted_ = std::move(reply);
}
void FakeSpine::hold() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}
void FakeSpine::await_held(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_.size() >= count; });
}
void FakeSpine::release() {
  std::vector<std::pair<spine::CommandReply, spine::Reply>> held;
  {
    const std::lock_guard lock(mutex_);
    held.swap(held_);
    holding_ = false;
  }
  std::thread([&] {
    for (auto& [answer, reply] : held) reply(std::move(answer));
  }).join();
}
std::vector<spine::CommandRequest> FakeSpine::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeQueries::fail_with(std::optional<QueryErrorKind> kind) {
  const std::lock_guard lock(mutex_);
  failure_ = kind;
}
ReadContext FakeQueries::last_context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}
PageRequest FakeQueries::last_page() const {
  const std::lock_guard lock(mutex_);
  return page_;
}

std::optional<QueryError> FakeQueries::check(const Uuid* stream, const PageRequest& page,
                                             const ReadContext& context) {
  const std::lock_guard lock(mutex_);
  context_ = context;
  page_ = page;
  if (failure_) return QueryError{*failure_, "as told"};
  if (stream != nullptr && !world_.visible(*stream, context.tenants)) {
    return QueryError{QueryErrorKind::not_found, "no such stream"};
  }
  if (!page.cursor.empty() && page.cursor != "next") {
    return QueryError{QueryErrorKind::bad_cursor, "not a cursor"};
  }
  return std::nullopt;
}

QueryResult<Page> FakeQueries::page(const Uuid& stream, const PageRequest& wanted,
                                    const ReadContext& context) {
  if (auto error = check(&stream, wanted, context)) return Err{*error};
  return Page{R"([{"row":1},{"row":2}])", wanted.cursor.empty() ? "next" : "", 2};
}

QueryResult<SpanningPage> FakeQueries::spanning(const Uuid* stream, const PageRequest& wanted,
                                                const ReadContext& context) {
  if (auto error = check(stream, wanted, context)) return Err{*error};
  return SpanningPage{{R"([{"row":1}])", "", 1}, {{ShardId{0}, 5, 6}, {ShardId{1}, 7, 7}}};
}

QueryResult<readmodel::Chart> FakeQueries::chart(PatientId patient, const PageRequest& wanted,
                                                 const ReadContext& context) {
  if (auto error = check(&patient.value, wanted, context)) return Err{*error};
  readmodel::Chart chart;
  chart.patient = R"({"patient_id":")" + patient.to_string() +
                  R"(","birth_year":1957,"sex":"F","state":"OH","zip3":"441",)"
                  R"("status":"active","age_band":"60-69"})";
  chart.encounters = Page{"[]", "", 0};
  chart.tenant = context.tenants.front();
  chart.version = 3;
  chart.position = PositionToken{bucket_of(patient.value), Epoch{1}, 9};
  return chart;
}

QueryResult<readmodel::Document> FakeQueries::encounter(PatientId patient, EncounterId encounter,
                                                        const ReadContext& context) {
  if (auto error = check(&patient.value, {}, context)) return Err{*error};
  return readmodel::Document{
      R"({"encounter_id":")" + encounter.to_string() + R"(","provider_id":")" + Uuid{}.to_string() +
          R"(","facility_id":")" + Uuid{}.to_string() +
          R"(","class":"inpatient","pos":"21","status":"open",)"
          R"("admitted_at":"2025-01-31T09:30:00.000Z","diagnoses":[],"procedures":[],)"
          R"("medications":[],"bills":[]})",
      context.tenants.front(), 3};
}

QueryResult<Page> FakeQueries::timeline(PatientId patient, const PageRequest& wanted,
                                        const ReadContext& context) {
  return page(patient.value, wanted, context);
}
QueryResult<Page> FakeQueries::bills(PatientId patient, const PageRequest& wanted,
                                     const ReadContext& context) {
  return page(patient.value, wanted, context);
}

QueryResult<readmodel::Document> FakeQueries::provider(ProviderId provider,
                                                       const ReadContext& context) {
  if (auto error = check(&provider.value, {}, context)) return Err{*error};
  return readmodel::Document{R"({"provider_id":")" + provider.to_string() +
                                 R"(","npi":"9000000007","alias":"PRV-000123",)"
                                 R"("specialty":"cardiology","facility_id":")" +
                                 Uuid{}.to_string() + R"(","status":"active"})",
                             context.tenants.front(), 1};
}
QueryResult<readmodel::Document> FakeQueries::facility(FacilityId facility,
                                                       const ReadContext& context) {
  if (auto error = check(&facility.value, {}, context)) return Err{*error};
  return readmodel::Document{R"({"facility_id":")" + facility.to_string() +
                                 R"(","npi":"9000000015","alias":"FAC-000045","kind":"hospital",)"
                                 R"("state":"OH","zip3":"441","beds":120,"status":"active"})",
                             context.tenants.front(), 1};
}

QueryResult<SpanningPage> FakeQueries::encounters_by_provider(ProviderId provider,
                                                              const PageRequest& wanted,
                                                              const ReadContext& context) {
  return spanning(&provider.value, wanted, context);
}
QueryResult<SpanningPage> FakeQueries::census(FacilityId facility, const PageRequest& wanted,
                                              const ReadContext& context) {
  return spanning(&facility.value, wanted, context);
}
QueryResult<SpanningPage> FakeQueries::encounters_by_day(const std::string&,
                                                         const PageRequest& wanted,
                                                         const ReadContext& context) {
  return spanning(nullptr, wanted, context);
}
QueryResult<SpanningPage> FakeQueries::code_frequency(const std::string&, const PageRequest& wanted,
                                                      const ReadContext& context) {
  return spanning(nullptr, wanted, context);
}

QueryResult<readmodel::RebuildReport> FakeReadModel::rebuild(bool apply) {
  return readmodel::RebuildReport{12, 34, {}, apply};
}

Result<audit::SearchPage, audit::SearchError> FakeAuditIndex::search(
    const audit::SearchQuery& query) {
  const std::lock_guard lock(mutex_);
  query_ = query;
  if (!query.cursor.empty()) {
    return Err{audit::SearchError{audit::SearchError::Kind::bad_cursor, "not a cursor"}};
  }
  return audit::SearchPage{R"([{"kind":"read"}])", "", 1};
}
audit::SearchQuery FakeAuditIndex::last_query() const {
  const std::lock_guard lock(mutex_);
  return query_;
}

Result<void, audit::JournalError> FakeJournal::append(const audit::Entry& entry) {
  if (broken_.load()) return Err{audit::JournalError{"the disk is full"}};
  const std::lock_guard lock(mutex_);
  entries_.push_back(entry);
  return {};
}
std::vector<audit::Entry> FakeJournal::all() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

namespace {

store::StoreError unavailable() { return {store::StoreErrorKind::unavailable, "a fake"}; }

class FakeReader final : public store::Reader {
 public:
  explicit FakeReader(const std::vector<store::EventRecord>& events) : events_(events) {}
  store::StoreResult<std::vector<store::BucketHead>> heads() override {
    return std::vector<store::BucketHead>();
  }
  store::StoreResult<std::vector<store::EventRecord>> read_bucket(BucketId, std::uint64_t,
                                                                  std::size_t) override {
    return Err{unavailable()};
  }
  store::StoreResult<std::vector<store::EventRecord>> read_stream(BucketId, StreamId stream,
                                                                  Version after,
                                                                  std::size_t limit) override {
    std::vector<store::EventRecord> found;
    for (const auto& event : events_) {
      if (event.stream == stream && event.version > after && found.size() < limit) {
        found.push_back(event);
      }
    }
    return found;
  }
  store::StoreResult<std::vector<store::Receipt>> read_receipts(std::uint64_t&,
                                                                std::size_t) override {
    return std::vector<store::Receipt>();
  }

 private:
  const std::vector<store::EventRecord>& events_;
};

}  // namespace

void FakeStore::append(std::vector<store::Append>, store::BatchDone done) {
  done(Err{unavailable()});
}
void FakeStore::load(BucketId, StreamId, store::LoadDone done) { done(Err{unavailable()}); }
void FakeStore::find_receipt(std::string, std::string, StreamId, store::ReceiptDone done) {
  done(Err{unavailable()});
}
store::StoreResult<std::unique_ptr<store::Reader>> FakeStore::open_reader() {
  return std::unique_ptr<store::Reader>(std::make_unique<FakeReader>(events));
}
void FakeStore::backup(const std::string& target, store::Done done) {
  if (target == "/full") return done(Err{unavailable()});
  done({});
}

}  // namespace pim::api
