#include "api/call.h"

#include <algorithm>

namespace pim::api {

std::string_view Call::path_value(Param param) const {
  const auto found = std::find_if(path.begin(), path.end(),
                                  [&](const auto& each) { return each.param->param == param; });
  return found == path.end() ? std::string_view() : found->value;
}

std::optional<std::string_view> Call::query_value(Param param) const {
  const auto name = info_of(param).name;
  const auto found = std::find_if(target.query.begin(), target.query.end(),
                                  [&](const auto& each) { return each.first == name; });
  if (found == target.query.end()) return std::nullopt;
  return found->second;
}

std::optional<PatientId> Call::patient() const {
  return PatientId::parse(path_value(Param::patient_id));
}

std::optional<std::string_view> Call::header(KnownHeader header) const {
  if (!headers.has(header)) return std::nullopt;
  return headers[header];
}

Response Call::problem(const Problem& problem) const {
  const std::string trace_id = trace.trace_hex();
  return problem_response(problem, {request_id, trace_id});
}

void add_header(Response& response, std::string_view name, std::string_view value) {
  response.headers += name;
  response.headers += ": ";
  response.headers += value;
  response.headers += "\r\n";
}

}  // namespace pim::api
