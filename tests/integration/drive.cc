#include "drive.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace pim::integration {
namespace {

using namespace std::chrono_literals;
using load::CallOutcome;
using load::Completion;
using load::PreparedCommand;

constexpr std::uint64_t kSeed = 11;
constexpr UtcMillis kStart{1'767'225'600'000};  // 2026-01-01
constexpr std::uint32_t kSessions = 3;
constexpr int kSteps = 25;  // of each session
constexpr const char* kUser = "loadgen-user";

UtcMillis wall_clock() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return UtcMillis{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

PreparedCommand amend(const Uuid& patient, const char* zip3) {
  PreparedCommand command;
  command.name = "amend-patient";
  command.method = "PATCH";
  command.path = "/v1/patients/" + patient.to_string();
  command.body = R"({"state":"OH","zip3":")" + std::string(zip3) + R"("})";
  command.routing_id = patient;
  return command;
}

}  // namespace

Drive::Drive(const DriveOptions& options)
    : options_(options),
      history_(
          load::HistoryWriter::create(options.history_file, {.started_at = wall_clock()}).value()),
      recorder_(history_),
      client_("127.0.0.1", options.port, 10s),
      caller_{1, kUser, options.token},
      reference_(kSeed, kStart, 2, 4) {}

void Drive::run() {
  for (const auto& command : reference_.setup()) send(command);
  load::WorkloadOptions workload;
  workload.seed = kSeed;
  workload.start = kStart;
  std::vector<load::Session> sessions;
  for (std::uint32_t i = 0; i < kSessions; ++i) sessions.emplace_back(workload, reference_, i);
  for (int i = 0; i < kSteps; ++i) {
    for (auto& session : sessions) step(session);
  }
  retire_and_admit();
  EXPECT_TRUE(history_.seal().ok());
}

Completion Drive::send(const PreparedCommand& command) {
  return recorder_.send(client_, command, caller_);
}

PreparedCommand Drive::fresh(PreparedCommand command) {
  command.request_id = uuid_v7(kStart.value, kSeed, ++fresh_ids_).to_string();
  return command;
}

void Drive::step(load::Session& session) {
  const PreparedCommand command = session.current();
  const auto answer = send(command);
  if (answer.outcome != CallOutcome::ok) {
    session.abandon();
    return;
  }
  session.accepted(answer.version);
  after(command, answer);
}

void Drive::after(const PreparedCommand& command, const Completion& answer) {
  ++count_;
  if (command.name == "register-patient") registered_ = command.routing_id;
  read(command.routing_id, answer.position);
  if (count_ % 4 == 0) repeat(command);
  if (count_ % 5 == 0) send_what_must_be_refused(command, answer.version);
}

void Drive::repeat(const PreparedCommand& command) {
  send(command);
  auto other = command;
  other.body.insert(1, " ");
  send(other);
}

void Drive::send_what_must_be_refused(const PreparedCommand& command, Version version) {
  auto taken = command;
  taken.name = "register-patient";
  taken.method = "POST";
  taken.path = "/v1/patients";
  taken.body = R"({"patient_id":")" + command.routing_id.to_string() +
               R"(","birth_year":1950,"sex":"female","state":"OH","zip3":"432"})";
  taken.if_match.reset();
  send(fresh(std::move(taken)));
  if (version < 2) return;
  auto stale = fresh(amend(command.routing_id, "331"));
  stale.if_match = version - 1;
  send(stale);
}

// One with the position of the last write, two without, and one of the history.
void Drive::read(const Uuid& patient, const load::Position& written) {
  load::ReadCall read;
  read.operation = "get-patient";
  read.target = "/v1/patients/" + patient.to_string();
  read.stream = patient;
  if (waits_for_positions_) {
    read.min_position = written;
    const auto began = load::Clock::now();
    recorder_.read(client_, read, caller_);
    waits_for_positions_ = load::Clock::now() - began < 1s;
    read.min_position = {};
  }
  recorder_.read(client_, read, caller_);
  const auto shown = recorder_.read(client_, read, caller_);
  if (shown.version == 0) return;
  read.version = shown.version;
  recorder_.read(client_, read, caller_);
}

void Drive::retire_and_admit() {
  const auto& provider = reference_.provider(0);
  auto retire = fresh({});
  retire.name = "retire-provider";
  retire.method = "POST";
  retire.path = "/v1/providers/" + provider + "/retire";
  retire.body = R"({"reason":"left"})";
  retire.routing_id = *Uuid::parse(provider);
  recorder_.send(client_, retire, {2, "operator-user", options_.operator_token});

  send(fresh(amend(registered_, "432")));
  auto admit = fresh({});
  admit.name = "admit-encounter";
  admit.method = "POST";
  admit.path = "/v1/patients/" + registered_.to_string() + "/encounters";
  admit.body = R"({"encounter_id":")" + admit.request_id + R"(","provider_id":")" + provider +
               R"(","facility_id":")" + reference_.facility(0) +
               R"(","class":"ambulatory","pos":"11","admitted_at":"2026-01-01T08:00:00.000Z"})";
  admit.routing_id = registered_;
  send(admit);
}

}  // namespace pim::integration
