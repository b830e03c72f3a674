// The parameters and headers that requests may carry: one list of what each is called, what it
// takes and how OpenAPI describes it.
#pragma once

#include <cstdint>
#include <string_view>

namespace pim::api {

enum class Param : std::uint8_t {
  // in paths
  patient_id,
  provider_id,
  facility_id,
  encounter_id,
  diagnosis_id,
  procedure_id,
  medication_id,
  line_no,
  system,
  // in queries
  cursor,
  limit,
  version,
  at,
  day,
  user,
  request,
  patient,
  trace,
  from,
  to,
  // in headers
  idempotency_key,
  if_match,
  pim_tenant,
  pim_purpose,
  pim_deadline_ms,
  pim_min_position,
  x_request_id,
};

struct ParamInfo {
  Param param;
  std::string_view name;  // headers in lower case
  std::string_view description;
  std::string_view schema;   // JSON Schema
  std::string_view example;  // JSON; empty: none
  std::string_view must_be;  // "must be ...": the rest of an error's sentence
  bool (*valid)(std::string_view value);
};

const ParamInfo& info_of(Param param);
// The path parameter of that name; the table of routes names no other.
const ParamInfo& path_param(std::string_view name);

inline constexpr std::uint64_t kMaxDeadlineMs = 60'000;
inline constexpr std::uint64_t kMaxPage = 200;

}  // namespace pim::api
