#include "load/run/population.h"

#include <algorithm>

#include "load/run/operation.h"

namespace pim::load {
namespace {

constexpr std::uint64_t kHotPatient = 0x407;
constexpr std::size_t kRemembered = 256;  // patients of a session, at least

std::size_t sessions_for(const Scenario& scenario) {
  const auto clients = scenario.closed ? scenario.closed->clients : scenario.client.connections;
  return std::max<std::size_t>(1, clients);
}

WorkloadOptions workload_for(const Scenario& scenario, UtcMillis start) {
  const std::size_t own = scenario.data.patients - scenario.data.hot.count;
  const std::size_t sessions = sessions_for(scenario);
  WorkloadOptions options;
  options.seed = scenario.seed;
  options.start = start;
  options.registered_first = (own + sessions - 1) / sessions;
  options.most_patients = std::max(kRemembered, 2 * options.registered_first);
  return options;
}

}  // namespace

Population::Population(const Scenario& scenario, UtcMillis start)
    : workload_(workload_for(scenario, start)),
      reference_(scenario.seed, start, scenario.data.facilities, scenario.data.providers) {
  for (std::uint32_t i = 0; i < scenario.data.hot.count; ++i) {
    Dice dice(scenario.seed, kHotPatient, i);
    const auto high = dice.next();
    patients_.push_back({uuid_v7(start.value, high, dice.next()), -1});
  }
  for (std::uint32_t i = 0; i < sessions_for(scenario); ++i) {
    sessions_.push_back({Session(workload_, reference_, i), {}, -1});
    idle_.push_back(i);
  }
}

PreparedCommand Population::registration(std::uint32_t index) const {
  Dice dice(workload_.seed, kHotPatient + 1, index);
  const Uuid id = patients_[index].id;
  const auto high = dice.next();
  return {"register-patient",
          "POST",
          "/v1/patients",
          R"({"patient_id":")" + id.to_string() +
              R"(","birth_year":1980,"sex":"F","state":"OH","zip3":"432"})",
          uuid_v7(workload_.start.value, high, dice.next()).to_string(),
          id,
          std::nullopt};
}

std::size_t Population::take_session() {
  if (idle_.empty()) {
    // It begins with an encounter, as those that the setup knew do.
    WorkloadOptions options = workload_;
    options.registered_first = 0;
    sessions_.push_back(
        {Session(options, reference_, static_cast<std::uint32_t>(sessions_.size())), {}, -1});
    return sessions_.size() - 1;
  }
  const std::size_t index = idle_.front();
  idle_.pop_front();
  return index;
}

std::int32_t Population::shard_of(std::size_t session) const {
  const Writer& writer = sessions_[session];
  return writer.session.current().routing_id == writer.patient ? writer.shard : -1;
}

void Population::accepted(std::size_t session, Version version, std::int32_t shard) {
  Writer& writer = sessions_[session];
  writer.patient = writer.session.current().routing_id;
  writer.shard = shard;
  writer.session.accepted(version);
  idle_.push_back(session);
}

void Population::abandon(std::size_t session) {
  sessions_[session].session.abandon();
  idle_.push_back(session);
}

void to_ask(const PreparedCommand& command, Ask& request) {
  request.operation = operation_of(command.name);
  request.method = command.method;
  request.path = command.path;
  request.body = command.body;
  request.request_id = command.request_id;
  request.stream = command.routing_id;
  request.if_match = command.if_match;
}

}  // namespace pim::load
