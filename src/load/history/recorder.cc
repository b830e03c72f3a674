#include "load/history/recorder.h"

#include <utility>

namespace pim::load {

Completion completion_of(const Response& response, HistoryWriter& history) {
  Completion answer;
  answer.outcome = outcome_of(response.status, response.body);
  answer.status = static_cast<std::uint16_t>(response.status);
  answer.version = version_of_etag(response.header("etag"));
  answer.replayed = response.header("idempotency-replayed") == "true";
  if (answer.outcome == CallOutcome::ok) {
    answer.position = Position::parse(response.header("pim-position"));
    answer.answer = answer_fingerprint(response.body);
  } else {
    answer.problem = history.intern(problem_of(response.body));
  }
  return answer;
}

Completion completion_of(const TransportError& error) {
  Completion answer;
  answer.outcome = error.sent ? CallOutcome::info : CallOutcome::fail;
  return answer;
}

Completion Recorder::send(HttpClient& client, const PreparedCommand& command, const Caller& caller,
                          Response* response) {
  Invocation call;
  call.client = caller.client;
  call.operation = history_.intern(command.name);
  call.user = history_.intern(caller.user);
  call.request_id = command.request_id;
  call.stream = command.routing_id;
  call.expected = command.if_match.value_or(0);
  call.fingerprint = request_fingerprint(command.method, command.path, command.body, call.expected);
  return exchange(client, call, to_request(command, caller.token), response);
}

Completion Recorder::read(HttpClient& client, const ReadCall& read, const Caller& caller,
                          Response* response) {
  Invocation call;
  call.kind = CallKind::read;
  call.client = caller.client;
  call.operation = history_.intern(read.operation);
  call.user = history_.intern(caller.user);
  call.stream = read.stream;
  call.expected = read.version;
  call.min_position = read.min_position;
  call.fingerprint = request_fingerprint("GET", read.target);
  Request request{"GET", read.target, {{"Authorization", "Bearer " + caller.token}}, {}};
  if (read.version != 0) {
    request.target += read.target.find('?') == std::string::npos ? "?version=" : "&version=";
    request.target += std::to_string(read.version);
  }
  if (read.min_position.position != 0) {
    request.headers.emplace_back("Pim-Min-Position", read.min_position.to_string());
  }
  return exchange(client, call, request, response);
}

Completion Recorder::exchange(HttpClient& client, Invocation call, const Request& request,
                              Response* response) {
  call.at = now();
  const auto number = history_.invoke(call);
  auto sent = client.send(request);
  auto answer = sent ? completion_of(*sent, history_) : completion_of(sent.error());
  answer.at = now();
  history_.complete(number, answer);
  if (sent && response != nullptr) *response = std::move(sent).value();
  return answer;
}

}  // namespace pim::load
