#include "load/run/call_log.h"

namespace pim::load {

CallLog::CallLog(HistoryWriter& history, const std::vector<LoadUser>& users) : history_(history) {
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    // By the name of the route.
    const auto name = i == kReadOwnWrite ? "get-chart" : kOperations[i].name;
    operations_[i] = history.intern(name);
  }
  for (const LoadUser& user : users) users_.push_back(history.intern(user.name));
}

void CallLog::invoke(Ask& request, std::size_t connection, std::chrono::nanoseconds now) {
  const Version expected = request.if_match.value_or(0);
  Invocation call;
  call.kind = kOperations[request.operation].command ? CallKind::command : CallKind::read;
  call.client = static_cast<std::uint32_t>(connection);
  call.at = now;
  call.operation = operations_[request.operation];
  call.user = users_[request.user];
  call.request_id = request.request_id;
  call.stream = request.stream;
  call.fingerprint = request_fingerprint(request.method, request.path, request.body, expected);
  call.expected = expected;
  if (!request.min_position.empty()) call.min_position = Position::parse(request.min_position);
  call.attempt = static_cast<std::uint16_t>(request.attempts);
  request.call = history_.invoke(call);
}

void CallLog::answered(const Ask& request, int status, const ReplyHead& head, std::string_view body,
                       std::string_view problem, std::chrono::nanoseconds now) {
  Completion answer;
  answer.at = now;
  answer.outcome = outcome_of(status, body);
  answer.status = static_cast<std::uint16_t>(status);
  answer.version = head.version;
  if (!head.position.empty()) answer.position = Position::parse(head.position);
  answer.replayed = head.replayed;
  if (!problem.empty()) answer.problem = history_.intern(problem);
  if (answer.outcome == CallOutcome::ok && !request.stream.is_nil()) {
    answer.answer = answer_fingerprint(body);
  }
  history_.complete(request.call, answer);
}

void CallLog::unanswered(const Ask& request, bool sent, std::chrono::nanoseconds now) {
  Completion answer;
  answer.at = now;
  answer.outcome = sent ? CallOutcome::info : CallOutcome::fail;
  history_.complete(request.call, answer);
}

}  // namespace pim::load
