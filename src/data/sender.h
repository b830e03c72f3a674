// The port through which an import reaches a server; the cli wires it to an HTTP client.
#pragma once

#include <string>
#include <string_view>

#include "domain/ids.h"
#include "domain/result.h"

namespace pim::data {

struct OutgoingCommand {
  std::string_view method;
  std::string path;
  std::string request_id;  // the Idempotency-Key: the same row of the same file, the same key
  std::string body;        // JSON
  Uuid stream;             // the patient, provider or facility that it changes
  std::string_view name;   // `admit-encounter`
};

struct SendReply {
  int status = 0;
  bool replayed = false;  // an earlier run had sent it
  std::string problem;    // what the server said, where it refused
};

struct SendFailure {
  std::string message;
};

class Sender {
 public:
  virtual ~Sender() = default;
  // Retries what may be retried (the key makes that safe); a failure means that no answer came.
  virtual Result<SendReply, SendFailure> send(const OutgoingCommand& command) = 0;
};

}  // namespace pim::data
