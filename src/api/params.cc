#include "api/params.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "api/ascii.h"
#include "api/jwt.h"
#include "domain/bounds.h"
#include "domain/ids.h"
#include "domain/text.h"
#include "routing/position.h"

namespace pim::api {
namespace {

constexpr std::string_view kUuid = R"({"type":"string","format":"uuid"})";
constexpr std::string_view kUuidExample = R"("0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d10")";
// One spelling: in a query a `+` stands for a space to many clients, so offsets are not taken.
constexpr std::string_view kTime =
    R"({"type":"string","pattern":"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]))"
    R"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$|)"
    R"(^(19|20|21)[0-9]{2}-(0[13-9]|1[0-2])-(29|30)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
    R"((\\.[0-9]{1,3})?Z$|^(19|20|21)[0-9]{2}-(0[13578]|1[02])-31)"
    R"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$"})";
constexpr std::string_view kDay =
    R"({"type":"string","pattern":"^(19|20|21)[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|)"
    R"((0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)$"})";
constexpr std::string_view kKey = R"({"type":"string","pattern":"^[!-~]{1,128}$"})";

bool is_uuid(std::string_view text) { return Uuid::parse(text).has_value(); }

bool is_between(std::string_view text, std::uint64_t low, std::uint64_t high) {
  const auto value = parse_decimal(text);
  return value && *value >= low && *value <= high;
}

bool is_line_no(std::string_view text) {
  const auto value = parse_decimal(text);
  const auto bound = find_bound("line_no");
  return value && *value <= 1'000'000 && bound && bound->holds(static_cast<int>(*value));
}
bool is_limit(std::string_view text) { return is_between(text, 1, kMaxPage); }
bool is_deadline(std::string_view text) { return is_between(text, 1, kMaxDeadlineMs); }
bool is_version(std::string_view text) { return is_between(text, 1, 9'007'199'254'740'991); }

bool is_system(std::string_view text) {
  constexpr auto kSystems =
      std::to_array<std::string_view>({"ICD-10-CM", "PCS", "HCPCS", "RXNORM"});
  return std::find(kSystems.begin(), kSystems.end(), text) != kSystems.end();
}

bool is_cursor(std::string_view text) {
  return !text.empty() && text.size() <= 512 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
  });
}

bool is_time(std::string_view text) {
  return text.ends_with('Z') && text.substr(4, 1) == "-" && UtcMillis::parse(text).has_value();
}

bool is_day(std::string_view text) {
  if (text.size() != 10) return false;
  return UtcMillis::parse(std::string(text) + "T00:00:00Z").has_value();
}

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), is_visible);
}

bool is_trace(std::string_view text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

bool is_etag(std::string_view text) {
  if (text == "*") return true;
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
  return is_between(text.substr(1, text.size() - 2), 0, 9'007'199'254'740'991);
}

bool is_tenant(std::string_view text) { return TenantId::parse(text).has_value(); }

bool is_purpose(std::string_view text) {
  return !text.empty() && text.size() <= 40 && is_alpha(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; });
}

bool is_position(std::string_view text) { return PositionToken::parse(text).has_value(); }

constexpr std::string_view kUuidWords = "a UUID such as 0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d10";
constexpr std::string_view kTimeWords = "a time in UTC such as 2025-01-31T09:30:00.000Z";
constexpr std::string_view kKeyWords = "1 to 128 visible ASCII characters";

// In the order of the enumerators.
constexpr auto kParams = std::to_array<ParamInfo>({
    {Param::patient_id, "patient_id", "The patient.", kUuid, kUuidExample, kUuidWords, is_uuid},
    {Param::provider_id, "provider_id", "The provider.", kUuid, kUuidExample, kUuidWords, is_uuid},
    {Param::facility_id, "facility_id", "The facility.", kUuid, kUuidExample, kUuidWords, is_uuid},
    {Param::encounter_id, "encounter_id", "The encounter.", kUuid, kUuidExample, kUuidWords,
     is_uuid},
    {Param::diagnosis_id, "diagnosis_id", "The diagnosis.", kUuid, kUuidExample, kUuidWords,
     is_uuid},
    {Param::procedure_id, "procedure_id", "The procedure.", kUuid, kUuidExample, kUuidWords,
     is_uuid},
    {Param::medication_id, "medication_id", "The medication.", kUuid, kUuidExample, kUuidWords,
     is_uuid},
    {Param::line_no, "line_no", "The number of the bill's line, from 1.",
     R"({"type":"integer","minimum":1,"maximum":1000000})", "1", "an integer from 1 to 1000000",
     is_line_no},
    {Param::system, "system", "The code system.",
     R"({"type":"string","enum":["ICD-10-CM","PCS","HCPCS","RXNORM"]})", R"("ICD-10-CM")",
     "one of ICD-10-CM, PCS, HCPCS, RXNORM", is_system},

    {Param::cursor, "cursor", "The `next_cursor` of the page before; absent: the first page.",
     R"({"type":"string","pattern":"^[A-Za-z0-9_-]{1,512}$","format":"pim-cursor"})", "",
     "a next_cursor as it was sent", is_cursor},
    {Param::limit, "limit", "How many items a page has at most.",
     R"({"type":"integer","minimum":1,"maximum":200})", "20", "an integer from 1 to 200", is_limit},
    {Param::version, "version", "As of this version of the patient's stream.",
     R"({"type":"integer","minimum":1,"maximum":9007199254740991})", "3",
     "an integer from 1 to 9007199254740991", is_version},
    {Param::at, "at", "As of this time: with everything recorded at or before it.", kTime,
     R"("2025-01-31T09:30:00.000Z")", kTimeWords, is_time},
    {Param::day, "day", "The UTC day of admission.", kDay, R"("2025-01-31")",
     "a day such as 2025-01-31", is_day},
    {Param::user, "user", "Only what this user did.",
     R"({"type":"string","pattern":"^[A-Za-z0-9._@-]{1,64}$"})", R"("dr.lee")",
     "1 to 64 characters of A-Z a-z 0-9 . _ @ -", is_user_id},
    {Param::request, "request", "Only what happened under this request id.", kKey,
     R"("import-2025-01-31-000017")", kKeyWords, is_key},
    {Param::patient, "patient", "Only what was about this patient.", kUuid, kUuidExample,
     kUuidWords, is_uuid},
    {Param::trace, "trace", "Only what belongs to this trace.",
     R"({"type":"string","pattern":"^[0-9a-f]{32}$"})", R"("4bf92f3577b34da6a3ce929d0e0e4736")",
     "32 lower-case hexadecimal digits", is_trace},
    {Param::from, "from", "Only at or after this time.", kTime, R"("2025-01-31T09:30:00.000Z")",
     kTimeWords, is_time},
    {Param::to, "to", "Only before this time.", kTime, R"("2025-01-31T10:30:00.000Z")", kTimeWords,
     is_time},

    {Param::idempotency_key, "idempotency-key",
     "The request id. The same key with the same request gets the same answer again; made and "
     "returned where it is absent.",
     kKey, "", kKeyWords, is_key},
    {Param::if_match, "if-match",
     "The ETag that the caller decided on: the version of the patient, provider or facility.",
     R"({"type":"string","pattern":"^(\\*|\"(0|[1-9][0-9]{0,14})\")$","format":"pim-etag"})",
     R"("*")", "an ETag such as \"3\", or *", is_etag},
    {Param::pim_tenant, "pim-tenant",
     "The tenant of what is created. Needed where the token carries several.",
     R"({"type":"string","pattern":"^[a-z][a-z0-9-]{1,31}$"})", "",
     "a tenant name such as north-health", is_tenant},
    {Param::pim_purpose, "pim-purpose", "The purpose of use, for the audit trail.",
     R"({"type":"string","pattern":"^[A-Za-z][A-Za-z0-9_-]{0,39}$"})", R"("TREAT")",
     "1 to 40 characters of A-Z a-z 0-9 _ -, a letter first", is_purpose},
    {Param::pim_deadline_ms, "pim-deadline-ms",
     "How long the caller waits, in milliseconds; work that cannot be done in time is not begun.",
     R"({"type":"integer","minimum":1,"maximum":60000})", "5000", "an integer from 1 to 60000",
     is_deadline},
    {Param::pim_min_position, "pim-min-position",
     "A Pim-Position of an earlier reply: wait until the read model has it.",
     R"({"type":"string","pattern":"^(0|[1-9][0-9]{0,2}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-5])\\.)"
     R"((0|[1-9][0-9]{0,17})\\.(0|[1-9][0-9]{0,17})$","format":"pim-position"})",
     R"("1330.1.1")", "a Pim-Position as it was sent", is_position},
    {Param::x_request_id, "x-request-id",
     "The request id of a query; made and returned where it is absent.", kKey, "", kKeyWords,
     is_key},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kParams.size(); ++i) {
    if (static_cast<std::size_t>(kParams[i].param) != i) return false;
  }
  return kParams.size() == static_cast<std::size_t>(Param::x_request_id) + 1;
}
static_assert(in_order());

}  // namespace

const ParamInfo& info_of(Param param) { return kParams[static_cast<std::size_t>(param)]; }

const ParamInfo& path_param(std::string_view name) {
  const auto found = std::find_if(kParams.begin(), kParams.end(),
                                  [&](const auto& info) { return info.name == name; });
  if (found == kParams.end()) std::abort();
  return *found;
}

}  // namespace pim::api
