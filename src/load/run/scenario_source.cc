#include "load/run/scenario_source.h"

#include <array>
#include <cstdio>

#include "domain/ids_text.h"
#include "load/run/operation.h"

namespace pim::load {
namespace {

constexpr std::uint64_t kAsk = 0xA5C;
constexpr std::uint32_t kNoSession = ~0U;

constexpr auto kHotStates = std::to_array<std::string_view>({"OH", "TX", "CA", "NY", "FL", "WA"});
constexpr auto kHotZips =
    std::to_array<std::string_view>({"432", "750", "900", "100", "331", "981"});
constexpr auto kCodeSystems =
    std::to_array<std::string_view>({"ICD-10-CM", "PCS", "HCPCS", "RXNORM"});

void append_id_path(std::string& path, std::string_view before, const Uuid& id,
                    std::string_view after = {}) {
  path.assign(before);
  append_uuid(path, id);
  path.append(after);
}

}  // namespace

void ScenarioSource::prepare(std::uint64_t number, Ask& request) {
  const Pick pick = picker_.pick(number);
  if (pick.operation == kWrite && !pick.hot) return write(request);
  Dice dice(population_.seed(), kAsk, number);
  request.place = kNoSession;
  request.operation = pick.operation;
  request.user = static_cast<std::uint32_t>(number % users_);
  request.request_id.clear();
  const auto high = dice.next();
  append_uuid(
      request.request_id,
      uuid_v7(population_.start().value + static_cast<std::int64_t>(number), high, dice.next()));
  if (pick.hot && pick.operation == kWrite) return write_hot(pick.patient, dice, request);
  read(pick.patient, dice, request);
}

void ScenarioSource::write(Ask& request) {
  const std::size_t session = population_.take_session();
  to_ask(population_.session(session).current(), request);
  request.place = static_cast<std::uint32_t>(session);
  request.user = request.place % users_;
  request.shard = population_.shard_of(session);
}

// Valid in any order: no two in a row amend to the same, and hardly two that meet.
void ScenarioSource::write_hot(std::uint32_t patient, Dice& dice, Ask& request) {
  constexpr std::uint64_t kYears = 61;
  const KnownPatient& known = population_.patients()[patient];
  const auto n = hot_writes_++;
  const auto place = (n / kYears) % kHotStates.size();
  request.operation = operation_of("amend-patient");
  request.method = "PATCH";
  append_id_path(request.path, "/v1/patients/", known.id);
  request.body.assign(R"({"birth_year":)")
      .append(std::to_string(1950 + n % kYears))
      .append(R"(,"sex":")")
      .append(dice.chance(0.5) ? "F" : "M")
      .append(R"(","state":")")
      .append(kHotStates[place])
      .append(R"(","zip3":")")
      .append(kHotZips[place])
      .append("\"}");
  request.stream = known.id;
  request.shard = known.shard;
}

void ScenarioSource::read(std::uint32_t patient, Dice& dice, Ask& request) {
  const std::string_view name = kOperations[request.operation].name;
  const ReferenceData& reference = population_.reference();
  request.method = "GET";
  request.stream = {};
  if (name == "get-chart" || name == "get-timeline" || name == "list-bills") {
    const KnownPatient& known = population_.patients()[patient];
    request.stream = known.id;
    request.shard = known.shard;
    append_id_path(request.path, "/v1/patients/", known.id,
                   name == "get-timeline" ? "/timeline"
                   : name == "list-bills" ? "/bills"
                                          : "");
  } else if (name == "get-provider" || name == "list-encounters-by-provider") {
    request.path.assign("/v1/providers/")
        .append(reference.provider(dice.skewed(reference.providers())))
        .append(name == "get-provider" ? "" : "/encounters");
  } else if (name == "get-facility" || name == "get-census") {
    request.path.assign("/v1/facilities/")
        .append(reference.facility(dice.below(reference.facilities())))
        .append(name == "get-facility" ? "" : "/census");
  } else if (name == "list-encounters-by-day") {
    char day[32];
    std::snprintf(day, sizeof day, "2021-%02u-%02u", static_cast<unsigned>(dice.between(1, 12)),
                  static_cast<unsigned>(dice.between(1, 28)));
    request.path.assign("/v1/encounters?day=").append(day);
  } else {
    request.path.assign("/v1/codes/")
        .append(kCodeSystems[dice.below(kCodeSystems.size())])
        .append("/frequency");
  }
}

void ScenarioSource::ended(Ask& request, const Answer& answer) {
  if (request.place == kNoSession) return;
  if (answer.ending == Ending::ok) {
    population_.accepted(request.place, answer.version, request.shard);
  } else {
    population_.abandon(request.place);
  }
}

}  // namespace pim::load
