#include "cli/prove/recorded_sender.h"

#include <chrono>
#include <thread>

#include "cli/http_sender.h"
#include "cli/prove/interrupt.h"

namespace pim::cli::prove {

Result<data::SendReply, data::SendFailure> RecordedSender::send(
    const data::OutgoingCommand& command) {
  load::PreparedCommand prepared;
  prepared.name = command.name;
  prepared.method = command.method;
  prepared.path = command.path;
  prepared.body = command.body;
  prepared.request_id = command.request_id;
  prepared.routing_id = command.stream;
  constexpr int kTries = 100;
  for (int i = 0; i < kTries && !interrupted(); ++i) {
    load::Response response;
    const auto result = recorder_.send(client_, prepared, caller_, &response);
    const bool settled = result.status >= 200 && result.status < 500 && result.status != 429;
    if (settled) {
      data::SendReply reply{result.status, result.replayed, {}};
      if (result.outcome != load::CallOutcome::ok) reply.problem = problem_text(response);
      return reply;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return Err{data::SendFailure{interrupted() ? "interrupted" : "the server does not answer"}};
}

}  // namespace pim::cli::prove
