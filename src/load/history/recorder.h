// Sends commands and reads over one blocking connection and keeps both ends of each in a history.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "load/history/history.h"
#include "load/http_client.h"
#include "load/prepared_command.h"

namespace pim::load {

// Whom a call is of. `client` numbers who sees reads in an order.
struct Caller {
  std::uint32_t client = 0;
  std::string user;
  std::string token;
};

struct ReadCall {
  std::string_view operation;  // `get-patient`
  std::string target;          // path and query, without `version`
  Uuid stream;
  Position min_position;
  Version version = 0;  // as of it; 0: the present one
};

// Thread-safe; one HttpClient a thread.
class Recorder {
 public:
  // `history` outlives it.
  explicit Recorder(HistoryWriter& history) : history_(history) {}

  // `response`, where given, gets the reply.
  Completion send(HttpClient& client, const PreparedCommand& command, const Caller& caller,
                  Response* response = nullptr);
  Completion read(HttpClient& client, const ReadCall& read, const Caller& caller,
                  Response* response = nullptr);

  HistoryWriter& history() { return history_; }

 private:
  Completion exchange(HttpClient& client, Invocation call, const Request& request,
                      Response* response);
  std::chrono::nanoseconds now() const { return Clock::now() - start_; }

  HistoryWriter& history_;
  const Clock::time_point start_ = Clock::now();
};

// `history` gets the problem's name.
Completion completion_of(const Response& response, HistoryWriter& history);
Completion completion_of(const TransportError& error);

}  // namespace pim::load
