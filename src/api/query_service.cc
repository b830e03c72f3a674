#include "api/query_service.h"

#include <algorithm>

#include "api/as_of.h"
#include "api/ascii.h"
#include "domain/json.h"

namespace pim::api {
namespace {

using readmodel::Document;
using readmodel::Page;
using readmodel::PageRequest;
using readmodel::QueryError;
using readmodel::QueryErrorKind;
using readmodel::QueryResult;
using readmodel::ReadContext;
using readmodel::SpanningPage;
using Answer = Result<QueryAnswer, Problem>;

Problem problem_of(const QueryError& error) {
  switch (error.kind) {
    case QueryErrorKind::not_found:
      return Problem::of(problems::kNotFound);
    case QueryErrorKind::bad_cursor:
      return Problem::of(problems::kBadCursor, {}, "cursor");
    case QueryErrorKind::timeout:
      return Problem::of(problems::kReadTimeout);
    case QueryErrorKind::position_lost:
      return Problem::of(problems::kPositionLost, {}, "pim-min-position");
    case QueryErrorKind::unavailable:
      return Problem::of(problems::kReadUnavailable);
  }
  return Problem::of(problems::kInternal);
}

PageRequest page_request(const Call& call) {
  PageRequest page;
  page.cursor = call.query_value(Param::cursor).value_or(std::string_view());
  const auto limit = call.query_value(Param::limit);
  if (limit) page.limit = static_cast<std::uint32_t>(parse_decimal(*limit).value_or(0));
  return page;
}

ReadContext context_of(const Call& call) {
  ReadContext context;
  context.tenants = call.caller->tenants;
  if (const auto position = call.header(KnownHeader::pim_min_position)) {
    context.min_position = PositionToken::parse(*position);
  }
  context.deadline = call.deadline;
  return context;
}

template <class IdType>
IdType id_in_path(const Call& call, Param param) {
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): request_checks has refused what is no id
  return *IdType::parse(call.path_value(param));
}

// `,"next_cursor":...` where there is one more page.
void append_next(std::string& out, const std::string& cursor) {
  if (cursor.empty()) return;
  out += ",\"next_cursor\":";
  append_json_string(out, cursor);
}

Answer document(const QueryResult<Document>& found) {
  if (!found) return Err{problem_of(found.error())};
  QueryAnswer answer;
  answer.response.body = found->json;
  add_header(answer.response, "etag", '"' + std::to_string(found->version) + '"');
  answer.rows = 1;
  answer.tenant = found->tenant.text();
  return answer;
}

Answer page(const QueryResult<Page>& found) {
  if (!found) return Err{problem_of(found.error())};
  QueryAnswer answer;
  std::string& body = answer.response.body;
  body = "{\"items\":" + found->items;
  append_next(body, found->next_cursor);
  body += '}';
  answer.rows = found->rows;
  return answer;
}

// Not one cut over the shards: so it says how far each one was.
Answer spanning(const QueryResult<SpanningPage>& found) {
  if (!found) return Err{problem_of(found.error())};
  QueryAnswer answer;
  std::string& body = answer.response.body;
  body = "{\"items\":" + found->page.items;
  append_next(body, found->page.next_cursor);
  body += ",\"positions\":[";
  for (bool first = true; const auto& position : found->positions) {
    if (!first) body += ',';
    first = false;
    body += "{\"shard\":" + std::to_string(position.shard.value);
    body += ",\"events_applied\":" + std::to_string(position.events_applied);
    body += ",\"events_committed\":" + std::to_string(position.events_committed) + '}';
  }
  body += "]}";
  answer.rows = found->page.rows;
  return answer;
}

}  // namespace

Answer QueryService::run(const Call& call) const {
  const ReadContext context = context_of(call);
  const PageRequest wanted = page_request(call);
  auto& queries = read_model_.queries();
  switch (call.route->query) {
    case Query::chart:
      return chart(call, context);
    case Query::timeline:
      return page(
          queries.timeline(id_in_path<PatientId>(call, Param::patient_id), wanted, context));
    case Query::bills:
      return page(queries.bills(id_in_path<PatientId>(call, Param::patient_id), wanted, context));
    case Query::encounter:
      return document(queries.encounter(id_in_path<PatientId>(call, Param::patient_id),
                                        id_in_path<EncounterId>(call, Param::encounter_id),
                                        context));
    case Query::provider:
      return document(queries.provider(id_in_path<ProviderId>(call, Param::provider_id), context));
    case Query::facility:
      return document(queries.facility(id_in_path<FacilityId>(call, Param::facility_id), context));
    case Query::encounters_by_provider:
      return spanning(queries.encounters_by_provider(
          id_in_path<ProviderId>(call, Param::provider_id), wanted, context));
    case Query::census:
      return spanning(
          queries.census(id_in_path<FacilityId>(call, Param::facility_id), wanted, context));
    case Query::encounters_by_day:
      return spanning(
          // NOLINTNEXTLINE(bugprone-unchecked-optional-access): request_checks wants a day here
          queries.encounters_by_day(std::string(*call.query_value(Param::day)), wanted, context));
    case Query::code_frequency:
      return spanning(
          queries.code_frequency(std::string(call.path_value(Param::system)), wanted, context));
    case Query::audit:
      return search_audit(call);
    case Query::openapi:
    case Query::none:
      break;
  }
  return Err{Problem::of(problems::kInternal)};
}

Answer QueryService::chart(const Call& call, const ReadContext& context) const {
  if (call.query_value(Param::version) || call.query_value(Param::at)) return chart_as_of(call);
  const auto found = read_model_.queries().chart(id_in_path<PatientId>(call, Param::patient_id),
                                                 page_request(call), context);
  if (!found) return Err{problem_of(found.error())};
  QueryAnswer answer;
  std::string& body = answer.response.body;
  body.reserve(found->patient.size() + found->encounters.items.size() + 192);
  body += "{\"patient\":";
  body += found->patient;
  body += ",\"encounters\":";
  body += found->encounters.items;
  append_next(body, found->encounters.next_cursor);
  body += ",\"version\":" + std::to_string(found->version) + '}';
  add_header(answer.response, "etag", '"' + std::to_string(found->version) + '"');
  add_header(answer.response, "pim-position", found->position.to_string());
  answer.rows = found->encounters.rows;
  answer.tenant = found->tenant.text();
  return answer;
}

// From the events alone, so no read model stands between the question and the history.
Answer QueryService::chart_as_of(const Call& call) const {
  audit::AsOf as_of;
  if (const auto version = call.query_value(Param::version)) {
    as_of.version = parse_decimal(*version);
  }
  if (const auto at = call.query_value(Param::at)) as_of.time = UtcMillis::parse(*at);
  const auto patient = id_in_path<PatientId>(call, Param::patient_id);

  auto reader = store_.open_reader();
  if (!reader) return Err{Problem::of(problems::kReadUnavailable)};
  const auto found = audit::reconstruct(**reader, StreamId{patient.value}, as_of);
  if (!found) return Err{Problem::of(problems::kReadUnavailable)};
  const auto& tenants = call.caller->tenants;
  const auto* state = std::get_if<Patient>(&found->state);
  if (state == nullptr ||
      std::find(tenants.begin(), tenants.end(), found->tenant) == tenants.end()) {
    return Err{Problem::of(problems::kNotFound)};
  }
  const auto rendered = render_as_of(*state, *found, page_request(call), call.now);
  if (!rendered) return Err{Problem::of(problems::kBadCursor, {}, "cursor")};
  QueryAnswer answer;
  answer.response.body = rendered->body;
  add_header(answer.response, "etag", '"' + std::to_string(found->version) + '"');
  answer.rows = rendered->rows;
  answer.tenant = found->tenant.text();
  return answer;
}

Answer QueryService::search_audit(const Call& call) const {
  const auto text = [&](Param param) {
    return std::string(call.query_value(param).value_or(std::string_view()));
  };
  const auto time = [&](Param param) {
    const auto value = call.query_value(param);
    return value ? UtcMillis::parse(*value) : std::nullopt;
  };
  audit::SearchQuery query;
  query.tenants = call.caller->tenants;
  query.user_id = text(Param::user);
  query.request_id = text(Param::request);
  query.trace_id = text(Param::trace);
  query.patient = PatientId::parse(text(Param::patient));
  query.from = time(Param::from);
  query.to = time(Param::to);
  const PageRequest wanted = page_request(call);
  query.cursor = wanted.cursor;
  if (wanted.limit > 0) query.limit = wanted.limit;

  const auto found = audit_index_.search(query);
  if (!found && found.error().kind == audit::SearchError::Kind::bad_cursor) {
    return Err{Problem::of(problems::kBadCursor, {}, "cursor")};
  }
  if (!found) return Err{Problem::of(problems::kReadUnavailable)};
  return page(Page{found->items, found->next_cursor, found->rows});
}

}  // namespace pim::api
