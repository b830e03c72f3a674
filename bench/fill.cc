#include "fill.h"

#include <algorithm>
#include <future>
#include <memory>
#include <unordered_map>
#include <utility>

#include "domain/command_json.h"
#include "domain/decide.h"
#include "lab_server.h"
#include "load/workload.h"
#include "store/sqlite/engine.h"

namespace pim::bench {
namespace {

constexpr std::size_t kBatch = 512;  // appends a transaction
constexpr UtcMillis kStart{1'767'225'600'000};
constexpr std::uint64_t kReportEvery = 500'000;

// Ids in the path stand for fields of the command: {"encounters", "encounter_id"} and so on.
PresetFields fields_in_path(const std::string& path) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"/encounters/", "encounter_id"},
      {"/diagnoses/", "diagnosis_id"},
      {"/medications/", "medication_id"},
      {"/charges/", "line_no"}};
  PresetFields fields;
  for (const auto& [part, name] : kNames) {
    const auto at = path.find(part);
    if (at == std::string::npos) continue;
    const auto start = at + part.size();
    fields.emplace_back(name, path.substr(start, path.find('/', start) - start));
  }
  return fields;
}

class Filler {
 public:
  Result<void, std::string> open(const std::string& directory) {
    store::sqlite::SqliteOptions options;
    options.directory = directory;
    auto opened = store::sqlite::open_sqlite_store(options);
    if (!opened) return Err{std::move(opened.error().message)};
    store_ = std::move(opened).value();
    auto reader = store_->open_reader();
    if (!reader) return Err{std::move(reader.error().message)};
    auto heads = (*reader)->heads();
    if (!heads) return Err{std::move(heads.error().message)};
    heads_ = std::move(heads).value();
    return {};
  }

  // One command: decided, and put into the batch.
  Result<void, std::string> apply(const load::PreparedCommand& prepared) {
    auto command = command_from_json(prepared.name, prepared.body, fields_in_path(prepared.path));
    if (!command) return Err{std::string(prepared.name) + ": " + command.error().message};
    Stream& stream = streams_[prepared.routing_id];
    auto events = decide(stream.state, references_of_command(*command), *command);
    if (!events) return Err{std::string(prepared.name) + ": " + std::string(events.error().type)};

    store::Append append;
    append.bucket = bucket_of(prepared.routing_id);
    append.owner = heads_[append.bucket.value].owner;
    append.epoch = heads_[append.bucket.value].epoch;
    append.stream = StreamId{prepared.routing_id};
    append.kind = stream_kind_of(*command);
    append.expected_version = stream.version;
    for (const Event& event : *events) {
      append.events.push_back({EventId{next_id()}, std::string(event_type(event)),
                               kEventSchemaVersion, event_to_json(event)});
      evolve(stream.state, event);
    }
    stream.version += events->size();
    events_ += events->size();
    fill_receipt(append, prepared);
    batch_.push_back(std::move(append));
    return batch_.size() < kBatch ? Result<void, std::string>() : flush();
  }

  Result<void, std::string> flush() {
    if (batch_.empty()) return {};
    std::promise<store::BatchResult> promise;
    auto done = promise.get_future();
    store_->append(std::exchange(batch_, {}),
                   [&promise](store::BatchResult result) { promise.set_value(std::move(result)); });
    auto results = done.get();
    if (!results) return Err{std::move(results.error().message)};
    for (const auto& each : *results) {
      if (each.kind != store::AppendResult::Kind::committed) {
        return Err{std::string("the store did not take an append")};
      }
    }
    return {};
  }

  Version version_of(const Uuid& stream) const { return streams_.at(stream).version; }
  // Its history is complete: its state need not be kept.
  void forget(const Uuid& stream) { streams_.erase(stream); }
  std::uint64_t events() const { return events_; }

 private:
  struct Stream {
    StreamState state;
    Version version = 0;
  };

  References references_of_command(const Command& command) const {
    References references;
    references.now = {kStart.value + 365LL * 24 * 3600 * 1000};
    for (const ReferenceId& id : references_of(command)) {
      if (const auto* provider = std::get_if<ProviderId>(&id)) {
        references.providers.emplace_back(*provider, ReferenceFact{1, ReferenceStatus::active});
      } else {
        references.facilities.emplace_back(std::get<FacilityId>(id),
                                           ReferenceFact{1, ReferenceStatus::active});
      }
    }
    return references;
  }

  void fill_receipt(store::Append& append, const load::PreparedCommand& prepared) {
    store::Receipt& receipt = append.receipt;
    receipt.routing_id = append.stream;
    receipt.kind = append.kind;
    receipt.origin.tenant = TenantId::recorded(kTenant);
    receipt.origin.user_id = "loadgen-1";
    receipt.origin.role = "loadgen";
    receipt.origin.request_id = prepared.request_id;
    for (std::uint8_t& byte : receipt.origin.trace_id)
      byte = static_cast<std::uint8_t>(dice_.next());
    for (std::uint8_t& byte : receipt.origin.span_id)
      byte = static_cast<std::uint8_t>(dice_.next());
    receipt.origin.recorded_at = {kStart.value + static_cast<std::int64_t>(events_)};
    receipt.command = prepared.name;
    receipt.fingerprint = store::sha256(prepared.body);
    receipt.status = 200;
  }

  Uuid next_id() {
    const auto high = dice_.next();
    return uuid_v7(kStart.value + static_cast<std::int64_t>(events_), high, dice_.next());
  }

  std::unique_ptr<store::EventStore> store_;
  std::vector<store::BucketHead> heads_;
  std::unordered_map<Uuid, Stream> streams_;
  std::vector<store::Append> batch_;
  load::Dice dice_{0xF111, 0, 0};
  std::uint64_t events_ = 0;
};

}  // namespace

Result<Filled, std::string> fill_store(const FillOptions& options) {
  const auto started = load::Clock::now();
  Filler filler;
  if (auto opened = filler.open(options.directory); !opened) return Err{std::move(opened.error())};
  const load::ReferenceData reference(1, kStart, 8, 64);
  for (const auto& command : reference.setup()) {
    if (auto done = filler.apply(command); !done) return Err{std::move(done.error())};
  }

  // Every encounter is of a new patient, so that one session in memory is one patient.
  constexpr std::uint32_t kSessions = 64;
  load::WorkloadOptions workload{.seed = 1, .start = kStart, .encounters_per_patient = 1};
  std::vector<load::Session> sessions;
  sessions.reserve(kSessions);
  for (std::uint32_t i = 0; i < kSessions; ++i) sessions.emplace_back(workload, reference, i);

  Filled filled;
  std::vector<Uuid> current(kSessions);
  std::uint64_t next_report = kReportEvery;
  for (std::size_t turn = 0;
       filled.patients.size() < options.patients || filler.events() < options.events; ++turn) {
    load::Session& session = sessions[turn % kSessions];
    const load::PreparedCommand& command = session.current();
    Uuid& patient = current[turn % kSessions];
    if (command.routing_id != patient) {
      filler.forget(patient);
      patient = command.routing_id;
      filled.patients.push_back(patient);
    }
    if (auto done = filler.apply(command); !done) return Err{std::move(done.error())};
    session.accepted(filler.version_of(patient));
    if (filler.events() >= next_report) {
      next_report += kReportEvery;
      if (options.progress) options.progress(filler.events());
    }
  }
  if (auto done = filler.flush(); !done) return Err{std::move(done.error())};
  for (std::size_t i = 0; i < reference.facilities(); ++i) {
    filled.facilities.push_back(reference.facility(i));
  }
  for (std::size_t i = 0; i < reference.providers(); ++i) {
    filled.providers.push_back(reference.provider(i));
  }
  filled.events = filler.events();
  filled.seconds = std::chrono::duration<double>(load::Clock::now() - started).count();
  return filled;
}

}  // namespace pim::bench
