#include "readmodel/projection.h"

#include <utility>
#include <variant>

#include "domain/decide.h"
#include "domain/json.h"
#include "readmodel/live_code.h"
#include "readmodel/schema.h"
#include "store/planted.h"

namespace pim::readmodel {
namespace {

using store::StoreResult;
using store::sqlite::Run;

// A batch touches no more encounters than a Follower's limit on its events.
constexpr std::size_t kFoldedEncounters = 8'192;

std::optional<EncounterId> encounter_of(const Event& event) {
  return std::visit(
      [](const auto& e) -> std::optional<EncounterId> {
        if constexpr (requires { e.encounter_id; }) return e.encounter_id;
        return std::nullopt;
      },
      event);
}

store::StoreError unreadable(const store::EventRecord& record, const JsonError& why) {
  return {store::StoreErrorKind::corrupt,
          "data of a " + record.type + ": " + why.field + " " + why.message};
}

store::StoreError unreadable_row(std::string_view table) {
  return {store::StoreErrorKind::unavailable, "a row of " + std::string(table) +
                                                  " cannot be read; delete the read model's file, "
                                                  "and it is made again"};
}

}  // namespace

StoreResult<std::unique_ptr<Projection>> Projection::open(const std::string& path, Drop drop) {
  auto file = DerivedFile::open(path, kReadModelSchema);
  if (!file) return Err{file.error()};
  std::unique_ptr<Projection> projection(new Projection(std::move(*file), std::move(drop)));
  if (auto ready = projection->prepare(); !ready) return Err{ready.error()};
  return projection;
}

Projection::Projection(DerivedFile file, Drop drop)
    : file_(std::move(file)), drop_(std::move(drop)), encounters_(kFoldedEncounters) {}

StoreResult<void> Projection::prepare() {
  const std::pair<store::sqlite::Statement*, std::string_view> statements[] = {
      {&sql_.load_facts, "SELECT facts FROM patient WHERE patient_id=?"},
      {&sql_.load_reference, "SELECT doc FROM reference_data WHERE id=? AND kind=?"},
      {&sql_.load_encounter,
       "SELECT number, tenant, doc FROM encounter WHERE patient_id=? AND encounter_id=?"},
      {&sql_.put_patient,
       "INSERT INTO patient(patient_id, tenant, version, facts) VALUES(?,?,?,?) "
       "ON CONFLICT DO UPDATE SET version=excluded.version, facts=excluded.facts"},
      {&sql_.bump_patient, "UPDATE patient SET version=? WHERE patient_id=?"},
      {&sql_.put_reference,
       "INSERT INTO reference_data(id, kind, tenant, version, doc) VALUES(?,?,?,?,?) "
       "ON CONFLICT DO UPDATE SET version=excluded.version, doc=excluded.doc"},
      {&sql_.bump_reference, "UPDATE reference_data SET version=? WHERE id=? AND kind=?"},
      {&sql_.add_encounter,
       "INSERT INTO encounter(patient_id, encounter_id, tenant, admitted_at, provider_id,"
       " facility_id, status, bills, doc) VALUES(?,?,?,?,?,?,?,?,?)"},
      // Naming an indexed column rewrites its index, changed or not: hence two statements.
      {&sql_.move_encounter,
       "UPDATE encounter SET provider_id=?, facility_id=?, status=?, bills=?, doc=?"
       " WHERE number=?"},
      {&sql_.change_encounter, "UPDATE encounter SET bills=?, doc=? WHERE number=?"},
      {&sql_.add_code,
       "INSERT INTO code_count(tenant, system, code, count) VALUES(?,?,?,?) "
       "ON CONFLICT DO UPDATE SET count=count+excluded.count"},
      {&sql_.drop_code,
       "DELETE FROM code_count WHERE tenant=? AND system=? AND code=? AND count=0"}};
  for (const auto& [statement, text] : statements) {
    auto prepared = file_.connection().prepare(text);
    if (!prepared) return Err{prepared.error()};
    *statement = std::move(*prepared);
  }
  return {};
}

StoreResult<void> Projection::apply(const store::EventRecord& record) {
  if (lost_) {
    lost_ = !file_.rollback().ok();
    return Err{store::StoreError{store::StoreErrorKind::unavailable,
                                 "the outcome of the last batch had to be read back"}};
  }
  if (drop_ && drop_(record)) {
    reached_[record.bucket.value] = {record.position, record.hash};
    return {};
  }
  const auto event = event_from_json(record.type, record.data);
  // The next program version's events may be unknown here: they count, and change nothing else.
  const bool foreign = !event && record.schema_version > kEventSchemaVersion;
  if (!event && !foreign) return Err{unreadable(record, event.error())};

  if (event) {
    const auto encounter = encounter_of(*event);
    auto applied = encounter ? apply_to_encounter(record, *encounter, *event)
                             : apply_to_stream(record, *event);
    if (!applied) return applied;
  }
  StreamRow& row = streams_[record.stream];
  row.kind = record.kind;
  row.tenant = record.origin.tenant;
  row.version = record.version;
  reached_[record.bucket.value] = {record.position, record.hash};
  return {};
}

StoreResult<void> Projection::apply_to_stream(const store::EventRecord& record,
                                              const Event& event) {
  auto row = streams_.find(record.stream);
  if (row == streams_.end() || !row->second.state) {
    StreamState before;
    if (record.version > 1) {
      auto loaded = load_stream(record.stream, record.kind);
      if (!loaded) return Err{loaded.error()};
      before = std::move(*loaded);
    }
    row = streams_.try_emplace(record.stream).first;
    row->second.state.emplace(std::move(before));
  }
  if (auto& state = row->second.state) evolve(*state, event);
  return {};
}

StoreResult<StreamState> Projection::load_stream(StreamId stream, StreamKind kind) {
  const bool patient = kind == StreamKind::patient;
  Run run(patient ? sql_.load_facts : sql_.load_reference);
  run.blob(stream.value.bytes);
  if (!patient) run.integer(static_cast<std::uint64_t>(kind));
  const int rc = run.step();
  if (rc == SQLITE_DONE) return StreamState{};
  if (rc != SQLITE_ROW) return Err{file_.failure("reading a stream's row")};
  if (!patient) {
    auto state = state_from_json(kind, run.next_text());
    if (!state) return Err{unreadable_row("reference_data")};
    return *std::move(state);
  }
  auto facts = patient_facts_from_json(run.next_text());
  if (!facts) return Err{unreadable_row("patient")};
  Patient state;
  state.facts = std::move(*facts);
  return StreamState{std::move(state)};
}

StoreResult<void> Projection::apply_to_encounter(const store::EventRecord& record,
                                                 EncounterId encounter, const Event& event) {
  auto found = folded(record, encounter);
  if (!found) return Err{found.error()};
  FoldedEncounter& folded = **found;

  const Encounter* before = folded.encounter();
  const auto code_before = live_code(before, event);
  const auto place = [](const Encounter* e) {
    return e == nullptr ? std::tuple<ProviderId, FacilityId, EncounterStatus>{}
                        : std::tuple{e->provider_id, e->facility_id, e->status};
  };
  const auto place_before = place(before);

  evolve(folded.state, event);
  const Encounter* after = folded.encounter();
  if (after == nullptr) return {};  // never admitted: its admission was left out
  const auto code_after = live_code(after, event);
  if (code_before != code_after) {
    const std::string& tenant = record.origin.tenant.text();
    if (code_before) --code_changes_[{tenant, code_before->system, code_before->code}];
    if (code_after) ++code_changes_[{tenant, code_after->system, code_after->code}];
  }
  folded.moved |= place(after) != place_before;
  if (!std::exchange(folded.dirty, true)) dirty_.push_back(&folded);
  return {};
}

StoreResult<FoldedEncounter*> Projection::folded(const store::EventRecord& record,
                                                 EncounterId encounter) {
  const EncounterKey key{PatientId{record.stream.value}, encounter};
  if (auto* known = encounters_.find(key)) return known;

  Patient patient;
  patient.facts.patient_id = key.patient;
  FoldedEncounter fresh;
  fresh.key = key;
  fresh.tenant = record.origin.tenant;
  if (record.type != "encounter-admitted") {
    Run run(sql_.load_encounter);
    run.blob(key.patient.value.bytes).blob(encounter.value.bytes);
    const int rc = run.step();
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) return Err{file_.failure("reading an encounter")};
    if (rc == SQLITE_ROW) {
      fresh.number = static_cast<std::int64_t>(run.next_integer());
      fresh.tenant = TenantId::recorded(run.next_text());
      auto loaded = encounter_from_json(run.next_text());
      if (!loaded) return Err{unreadable_row("encounter")};
      patient.encounters.add(std::move(*loaded));
    }
  }
  fresh.state = std::move(patient);
  return &encounters_.add(std::move(fresh));
}

StoreResult<void> Projection::commit() {
  auto written = file_.begin();
  if (written) written = write_batch();
  if (written) written = file_.commit();
  if (!written) {
    lost_ = !file_.rollback().ok();
    forget_batch();
    encounters_.clear();
    return written;
  }
  for (FoldedEncounter* folded : dirty_) folded->dirty = folded->moved = false;
  forget_batch();
  encounters_.trim();
  return {};
}

void Projection::forget_batch() {
  dirty_.clear();
  streams_.clear();
  code_changes_.clear();
  reached_.clear();
}

StoreResult<void> Projection::write_batch() {
  for (const auto& [stream, row] : streams_) {
    if (auto done = write_stream(stream, row); !done) return done;
  }
  for (FoldedEncounter* folded : dirty_) {
    if (auto done = write_encounter(*folded); !done) return done;
  }
  for (const auto& [key, change] : code_changes_) {
    if (change == 0) continue;
    if (auto done = write_code_count(key, change); !done) return done;
  }
  for (const auto& [bucket, checkpoint] : reached_) {
    if (auto done = file_.save_checkpoint(BucketId{bucket}, checkpoint); !done) return done;
  }
  return {};
}

StoreResult<void> Projection::write_stream(StreamId stream, const StreamRow& row) {
  const bool patient = row.kind == StreamKind::patient;
  const auto kind = static_cast<std::uint64_t>(row.kind);
  if (!row.state || std::holds_alternative<std::monostate>(*row.state)) {
    Run run(patient ? sql_.bump_patient : sql_.bump_reference);
    run.integer(row.version).blob(stream.value.bytes);
    if (!patient) run.integer(kind);
    return file_.finish(run, "writing a version");
  }
  if (patient) {
    PatientFacts shown = std::get<Patient>(*row.state).facts;
    if (store::planted(store::Bug::altered_row)) shown.sex = Sex::unknown;
    const std::string facts = to_json(shown);
    Run run(sql_.put_patient);
    run.blob(stream.value.bytes).text(row.tenant.text()).integer(row.version).text(facts);
    return file_.finish(run, "writing a patient");
  }
  const std::string doc = state_to_json(*row.state);
  Run run(sql_.put_reference);
  run.blob(stream.value.bytes).integer(kind).text(row.tenant.text()).integer(row.version).text(doc);
  return file_.finish(run, "writing a provider or facility");
}

StoreResult<void> Projection::write_encounter(FoldedEncounter& folded) {
  const Encounter& e = *folded.encounter();
  const std::string doc = to_json(e);
  const auto status = static_cast<std::uint64_t>(e.status);
  if (!folded.number) {
    Run run(sql_.add_encounter);
    run.blob(folded.key.patient.value.bytes)
        .blob(folded.key.encounter.value.bytes)
        .text(folded.tenant.text())
        .integer(static_cast<std::uint64_t>(e.admitted_at.value))
        .blob(e.provider_id.value.bytes)
        .blob(e.facility_id.value.bytes)
        .integer(status)
        .integer(e.bills.size())
        .text(doc);
    auto done = file_.finish(run, "adding an encounter");
    if (done) folded.number = sqlite3_last_insert_rowid(file_.connection().raw());
    return done;
  }
  const auto number = static_cast<std::uint64_t>(*folded.number);
  if (!folded.moved) {
    Run run(sql_.change_encounter);
    run.integer(e.bills.size()).text(doc).integer(number);
    return file_.finish(run, "changing an encounter");
  }
  Run run(sql_.move_encounter);
  run.blob(e.provider_id.value.bytes)
      .blob(e.facility_id.value.bytes)
      .integer(status)
      .integer(e.bills.size())
      .text(doc)
      .integer(number);
  return file_.finish(run, "moving an encounter");
}

StoreResult<void> Projection::write_code_count(const CodeKey& key, std::int64_t change) {
  const auto& [tenant, system, code] = key;
  {
    Run run(sql_.add_code);
    run.text(tenant).text(system).text(code).integer(static_cast<std::uint64_t>(change));
    if (auto done = file_.finish(run, "counting a code"); !done) return done;
  }
  if (change > 0) return {};
  Run run(sql_.drop_code);
  run.text(tenant).text(system).text(code);
  return file_.finish(run, "dropping a code that is counted no more");
}

StoreResult<void> Projection::fold_wal() {
  return file_.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace pim::readmodel
