// An import's commands as API requests, with retries: the idempotency key makes a repetition
// harmless.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "cli/traced_http.h"
#include "data/sender.h"
#include "load/http_client.h"

namespace pim::cli {

class HttpSender final : public data::Sender {
 public:
  // Gives a command up once it has been tried for `patience`.
  HttpSender(TracedHttp http, const std::string& token,
             std::chrono::milliseconds patience = std::chrono::seconds(30));

  Result<data::SendReply, data::SendFailure> send(const data::OutgoingCommand& command) override;

 private:
  TracedHttp http_;
  std::string authorization_;
  std::chrono::milliseconds patience_;
};

// For a command line's --url and --token-file, each read once (a pipe has its bytes only once); the
// error says which of them is wrong. What comes back makes one sender a call.
using SenderFactory = std::function<std::unique_ptr<HttpSender>()>;
Result<SenderFactory, std::string> sender_factory(const std::string& url,
                                                  const std::string& token_file);
// Its first sender.
Result<std::unique_ptr<HttpSender>, std::string> connect_sender(const std::string& url,
                                                                const std::string& token_file);

// "urn:pim:problem:x: detail" out of a problem document; the status where it is none.
std::string problem_text(const load::Response& response);

}  // namespace pim::cli
