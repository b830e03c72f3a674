#include "spine/scripted_store_testing.h"

namespace pim::spine {

void ScriptedStore::answer_batch(store::AppendResult::Kind kind) {
  Batch batch = take(batches);
  std::vector<store::AppendResult> results;
  for (store::Append& append : batch.appends) results.push_back({kind, std::move(append.receipt)});
  batch.done(std::move(results));
}

void ScriptedStore::fail_batch(store::StoreErrorKind kind) {
  take(batches).done(Err{store::StoreError{kind, "scripted"}});
}

}  // namespace pim::spine
