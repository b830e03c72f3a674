#include "load/run/run_testing.h"

#include <gtest/gtest.h>

#include "load/http_reply.h"

namespace pim::load {

std::optional<std::chrono::nanoseconds> EvenArrivals::next() {
  if (next_ == count_) return std::nullopt;
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(next_++) * 1e9 / rate_));
}

PlainSource::PlainSource(std::string_view operation) : operation_(operation_of(operation)) {}

void PlainSource::prepare(std::uint64_t number, Ask& ask) {
  if (on_prepare) on_prepare(number);
  const bool command = kOperations[operation_].command;
  ask.operation = operation_;
  ask.method = command ? "PATCH" : "GET";
  ask.path = "/v1/patients/00000000-0000-7000-8000-000000000001";
  if (command) ask.body = R"({"zip3":"432"})";
  ask.request_id = "request-" + std::to_string(number);
  ask.stream = *Uuid::parse("00000000-0000-7000-8000-000000000001");
  ask.user = 0;
}

void PlainSource::ended(Ask& ask, const Answer& answer) { endings[ask.request_id] = answer.ending; }

SeenRequest seen_request(const std::string& request) {
  SeenRequest seen;
  seen.at = std::chrono::steady_clock::now();
  const auto space = request.find(' ');
  seen.method = request.substr(0, space);
  seen.path = request.substr(space + 1, request.find(' ', space + 1) - space - 1);
  seen.head = request.substr(0, request.find("\r\n\r\n") + 2);
  seen.id = find_header(seen.head, "idempotency-key");
  if (seen.id.empty()) seen.id = find_header(seen.head, "x-request-id");
  return seen;
}

std::string reply_of(int status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TestRun::TestRun(std::uint16_t port) {
  options.port = port;
  options.users = {{"ada", "token-of-ada"}};
  options.connections = 8;
  options.read_own_writes = 0;
  options.retry.base = std::chrono::milliseconds(1);
}

RunResult TestRun::run(Source& source, Arrivals* arrivals) {
  auto history = HistoryWriter::create(history_file());
  EXPECT_TRUE(history.ok());
  if (!history) return {};
  RunMetrics metrics(registry, board, &faults);
  auto result =
      run_load(options, {source, *history, metrics, board, arrivals, &faults, &interrupted});
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(history->seal().ok());
  return result ? std::move(result).value() : RunResult();
}

std::uint64_t total(const RunResult& result,
                    const std::function<std::uint64_t(const OperationResult&)>& of) {
  std::uint64_t sum = 0;
  for (const OperationResult& operation : result.operations) sum += of(operation);
  return sum;
}

}  // namespace pim::load
