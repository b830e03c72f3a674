#include "load/history/made_run_testing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <utility>

namespace pim::load {

std::int64_t MadeRun::now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

Invocation MadeRun::command(const std::string& id, std::uint64_t fingerprint) {
  Invocation call;
  call.operation = writer_.intern("admit-encounter");
  call.user = writer_.intern("ann");
  call.request_id = *ids_.insert(id).first;
  call.stream = kPatient;
  call.fingerprint = fingerprint;
  return call;
}

Invocation MadeRun::read(std::uint32_t client, std::uint64_t promised) {
  Invocation call;
  call.kind = CallKind::read;
  call.client = client;
  call.operation = writer_.intern("get-patient");
  call.user = writer_.intern("ann");
  call.stream = kPatient;
  call.fingerprint = 9;
  if (promised != 0) call.min_position = {bucket(), 1, promised};
  return call;
}

std::uint64_t MadeRun::invoke(Invocation call) {
  call.at = std::chrono::milliseconds(++clock_);
  return writer_.invoke(call);
}

void MadeRun::complete(std::uint64_t call, Completion answer) {
  answer.at = std::chrono::milliseconds(++clock_);
  writer_.complete(call, answer);
}

Completion MadeRun::ok(Version version, bool replayed) {
  Completion answer;
  answer.outcome = CallOutcome::ok;
  answer.status = 201;
  answer.version = version;
  answer.position = {bucket(), 1, version};
  answer.replayed = replayed;
  return answer;
}

Completion MadeRun::refused(std::uint16_t status, Version version) {
  Completion answer;
  answer.outcome = CallOutcome::fail;
  answer.status = status;
  answer.version = version;
  return answer;
}

Completion MadeRun::shown(Version version, std::uint64_t body) {
  Completion answer;
  answer.outcome = CallOutcome::ok;
  answer.status = 200;
  answer.version = version;
  answer.answer = body;
  return answer;
}

void MadeRun::event(const Event& event) {
  const auto position = event.position == 0 ? event.version : event.position;
  const auto in = event.bucket < 0 ? bucket(event.stream) : event.bucket;
  std::string text = R"({"kind":"event","at":"2026-03-01T00:00:00.000Z")";
  if (!event.user.empty()) text += R"(,"who":")" + event.user + '"';
  text += R"(,"what":")" + event.what + R"(","stream":")" + event.stream.to_string() + '"';
  if (!event.id.empty()) text += R"(,"request_id":")" + event.id + '"';
  text += R"(,"version":)" + std::to_string(event.version);
  text += R"(,"bucket":)" + std::to_string(in);
  text += R"(,"position":)" + std::to_string(position) + event.more + "}";
  line(text);
}

void MadeRun::receipt(const std::string& id, Version version, int status,
                      std::uint64_t fingerprint) {
  const auto position = std::to_string(status < 300 ? version : 0);
  char digest[17];
  std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(fingerprint));
  line(R"({"kind":"receipt","who":"ann","stream":")" + kPatient.to_string() +
       R"(","request_id":")" + id + R"(","status":)" + std::to_string(status) + R"(,"version":)" +
       std::to_string(version) + R"(,"first_position":)" + position + R"(,"last_position":)" +
       position + R"(,"epoch":1,"fingerprint":")" + digest + R"(0000"})");
}

void MadeRun::store(const std::string& id, Version version) {
  event({.id = id, .version = version});
  receipt(id, version);
}

void MadeRun::healthy(Version count) {
  for (Version version = 1; version <= count; ++version) {
    acknowledge("r" + std::to_string(version), version);
    store("r" + std::to_string(version), version);
  }
}

Result<CheckReport, std::string> MadeRun::try_check(const CheckOptions& options) {
  const auto written = seal_ ? writer_.seal() : writer_.flush();
  if (!written) return Err{written.error()};
  std::ofstream out(export_file(), std::ios::trunc);
  for (const auto& each : lines_) out << each << '\n';
  out.close();
  return check_history(history_file(), export_file(), options);
}

CheckReport MadeRun::check(const CheckOptions& options) {
  auto report = try_check(options);
  EXPECT_TRUE(report.ok()) << report.error();
  return report.ok() ? *report : CheckReport{};
}

std::string MadeRun::verdict() {
  const auto report = check();
  std::string text;
  for (std::size_t i = 0; i < kViolations; ++i) {
    if (report.violations[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::string(to_string(static_cast<Violation>(i))) + " " +
            std::to_string(report.violations[i]);
  }
  return text;
}

}  // namespace pim::load
