// From events to the rows of readmodel.db. An event touches its patient's row and at most one
// encounter's, so it folds that encounter alone; a batch writes each changed row once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "domain/event.h"
#include "domain/ids.h"
#include "domain/state.h"
#include "readmodel/derived_file.h"
#include "readmodel/folded.h"
#include "readmodel/sink.h"

namespace pim::readmodel {

class Projection final : public Sink {
 public:
  // `drop`, where there is one, is a planted bug: an event that it picks changes no row.
  using Drop = std::function<bool(const store::EventRecord&)>;
  static store::StoreResult<std::unique_ptr<Projection>> open(const std::string& path,
                                                              Drop drop = nullptr);

  const std::vector<Checkpoint>& checkpoints() const override { return file_.checkpoints(); }
  store::StoreResult<void> apply(const store::EventRecord& event) override;
  store::StoreResult<void> commit() override;
  // Copies the WAL back into the file and empties it, so that the file alone is complete.
  store::StoreResult<void> fold_wal();

 private:
  // A patient, provider or facility: changed in the open batch.
  struct StreamRow {
    StreamKind kind = StreamKind::patient;
    Version version = 0;
    TenantId tenant;
    std::optional<StreamState> state;  // where more than the version changed
  };
  using CodeKey = std::tuple<std::string, std::string_view, std::string>;

  Projection(DerivedFile file, Drop drop);
  store::StoreResult<void> prepare();
  store::StoreResult<void> apply_to_stream(const store::EventRecord& record, const Event& event);
  store::StoreResult<void> apply_to_encounter(const store::EventRecord& record,
                                              EncounterId encounter, const Event& event);
  store::StoreResult<FoldedEncounter*> folded(const store::EventRecord& record,
                                              EncounterId encounter);
  store::StoreResult<StreamState> load_stream(StreamId stream, StreamKind kind);
  store::StoreResult<void> write_batch();
  store::StoreResult<void> write_stream(StreamId stream, const StreamRow& row);
  store::StoreResult<void> write_encounter(FoldedEncounter& folded);
  store::StoreResult<void> write_code_count(const CodeKey& key, std::int64_t change);
  void forget_batch();

  struct Statements {
    store::sqlite::Statement load_facts, load_reference, load_encounter, put_patient, bump_patient,
        put_reference, bump_reference, add_encounter, move_encounter, change_encounter, add_code,
        drop_code;
  };

  DerivedFile file_;
  Drop drop_;
  Statements sql_;
  FoldedEncounters encounters_;
  // the open batch
  std::vector<FoldedEncounter*> dirty_;
  std::unordered_map<StreamId, StreamRow> streams_;
  std::map<CodeKey, std::int64_t> code_changes_;
  std::unordered_map<std::uint16_t, Checkpoint> reached_;
  bool lost_ = false;  // a failed commit whose outcome could not be read back yet
};

}  // namespace pim::readmodel
