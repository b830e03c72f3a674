// Queries: from a call to the read model (or the history, as of then), and to a response. Blocks:
// for worker threads only.
#pragma once

#include <cstdint>
#include <string>

#include "api/call.h"
#include "api/problem.h"
#include "audit/audit.h"
#include "domain/result.h"
#include "readmodel/read_model.h"
#include "store/event_store.h"

namespace pim::api {

struct QueryAnswer {
  Response response;
  std::uint32_t rows = 0;
  std::string tenant;  // of what was read; empty where it spans several
};

// Thread-safe.
class QueryService {
 public:
  QueryService(readmodel::ReadModel& read_model, store::EventStore& store,
               audit::AuditIndex& audit_index)
      : read_model_(read_model), store_(store), audit_index_(audit_index) {}

  // The call's parameters have passed their checks.
  Result<QueryAnswer, Problem> run(const Call& call) const;

 private:
  using Answer = Result<QueryAnswer, Problem>;
  Answer chart(const Call& call, const readmodel::ReadContext& context) const;
  Answer chart_as_of(const Call& call) const;
  Answer search_audit(const Call& call) const;

  readmodel::ReadModel& read_model_;
  store::EventStore& store_;
  audit::AuditIndex& audit_index_;
};

}  // namespace pim::api
