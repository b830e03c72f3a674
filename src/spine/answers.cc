#include "spine/answers.h"

#include <simdjson.h>

#include <algorithm>
#include <variant>

#include "domain/json.h"
#include "domain/rejection.h"
#include "domain/rejection_types.h"
#include "routing/bucket.h"
#include "store/planted.h"

namespace pim::spine {
namespace {

constexpr std::chrono::milliseconds kRetryAfter{1000};

template <class T, class... Ts>
constexpr bool is_one_of = (std::is_same_v<T, Ts> || ...);

}  // namespace

std::uint16_t accepted_status(const Command& command) {
  return std::visit(
      []<class C>(const C&) -> std::uint16_t {
        return is_one_of<C, RegisterPatient, RegisterProvider, RegisterFacility, AdmitEncounter,
                         RecordDiagnosis, RecordProcedure, PrescribeMedication, OpenBill, AddCharge>
                   ? 201
                   : 200;
      },
      command);
}

bool creates_stream(const Command& command) {
  return std::holds_alternative<RegisterPatient>(command) ||
         std::holds_alternative<RegisterProvider>(command) ||
         std::holds_alternative<RegisterFacility>(command);
}

Rejection stale_version(Version expected, Version actual) {
  return {kStaleVersion,
          {{"expected", std::to_string(expected)}, {"actual", std::to_string(actual)}}};
}

Rejection absent_stream(const Command& command) {
  return {rejection::stream_unknown, {{"kind", std::string(to_string(stream_kind_of(command)))}}};
}

bool is_not_found(const Rejection& rejection) {
  const RejectionInfo* info = find_rejection(rejection.type);
  return info != nullptr && info->status_class == RejectionClass::not_found;
}

std::string params_to_json(const std::vector<std::pair<std::string, std::string>>& params) {
  std::string out = "{";
  for (const auto& [name, value] : params) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
  }
  out += '}';
  return out;
}

std::vector<std::pair<std::string, std::string>> params_from_json(std::string_view json) {
  std::vector<std::pair<std::string, std::string>> params;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS) {
    return params;
  }
  for (const auto field : object) {
    std::string_view value;
    if (field.value.get_string().get(value) == simdjson::SUCCESS) {
      params.emplace_back(std::string(field.key), std::string(value));
    }
  }
  return params;
}

CommandReply plain_reply(Outcome outcome) {
  CommandReply reply;
  reply.outcome = outcome;
  switch (outcome) {
    case Outcome::key_reused:
      reply.status = 422;
      break;
    case Outcome::not_found:
      reply.status = 404;
      break;
    case Outcome::disk_low:
      reply.status = 507;
      reply.retry_after = kRetryAfter;
      break;
    default:
      reply.status = 503;
      reply.retry_after = kRetryAfter;
      break;
  }
  return reply;
}

CommandReply not_found_reply(const Rejection& rejection) {
  CommandReply reply = plain_reply(Outcome::not_found);
  reply.problem_type = rejection.type;
  reply.problem_params = rejection.params;
  return reply;
}

CommandReply reply_from(const store::Receipt& receipt, bool replayed) {
  CommandReply reply;
  reply.replayed = replayed;
  reply.status = receipt.status;
  reply.version = receipt.version;
  reply.bucket = bucket_of(receipt.routing_id.value);
  reply.epoch = receipt.epoch;
  reply.last_position = receipt.last_position;
  if (replayed && store::planted(store::Bug::other_replay)) ++reply.version;
  const bool accepted = receipt.status < 300 && !store::planted(store::Bug::refuse_accepted, 10);
  if (accepted || store::planted(store::Bug::ack_rejected)) {
    reply.outcome = Outcome::accepted;
    reply.events = static_cast<std::uint32_t>(receipt.last_position - receipt.first_position + 1);
    return reply;
  }
  reply.outcome = receipt.status == 412 ? Outcome::stale : Outcome::rejected;
  reply.problem_type = receipt.problem_type;
  reply.problem_params = params_from_json(receipt.problem_params);
  // `id-taken` is said whichever tenant holds the id; how far its stream has come is not.
  if (receipt.command.starts_with("register-")) reply.version = 0;
  return reply;
}

CommandReply reply_to(const CommandRequest& request, const store::Receipt& receipt, bool replayed) {
  if (std::ranges::find(request.tenants, receipt.origin.tenant) == request.tenants.end()) {
    return not_found_reply(absent_stream(request.command));
  }
  const bool same_request =
      request.fingerprint == receipt.fingerprint || store::planted(store::Bug::reuse_key);
  if (!same_request) return plain_reply(Outcome::key_reused);
  return reply_from(receipt, replayed);
}

}  // namespace pim::spine
