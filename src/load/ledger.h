// What a client asked and what it was told, kept outside the server: the other half of every claim
// that nothing acknowledged was lost. An append-only JSON Lines file; docs/formats/ledger.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "domain/ids.h"
#include "domain/result.h"
#include "load/http_client.h"
#include "load/prepared_command.h"
#include "load/socket.h"

namespace pim::load {

// What a call tells about the request it carried.
enum class CallOutcome : std::uint8_t {
  ok,    // 2xx: durable
  fail,  // refused, or certainly not applied by this call
  info,  // it may or may not have been applied: time-out, reset, 5xx
};
std::string_view to_string(CallOutcome outcome);

struct CallResult {
  CallOutcome outcome = CallOutcome::info;
  int status = 0;         // 0: no reply
  Version version = 0;    // ok: of the stream after it (ETag)
  std::string position;   // ok: Pim-Position
  bool replayed = false;  // ok: Idempotency-Replayed
};

CallResult result_of(const Response& response);
CallResult result_of(const TransportError& error);

// Thread-safe. A line is in the kernel when its call returns, so that the ledger survives the death
// of the program that writes it.
class Ledger {
 public:
  // Continues the file where it exists. `call` numbers are unique in the file.
  static Result<Ledger, std::string> open(const std::string& file);
  Ledger(Ledger&& other) noexcept;
  Ledger& operator=(Ledger&&) = delete;

  // Before the request is sent. Returns the call's number.
  std::uint64_t invoke(const PreparedCommand& command, std::string_view user);
  void complete(std::uint64_t call, const CallResult& result);

 private:
  Ledger(Fd file, std::uint64_t first_call) : file_(std::move(file)), next_call_(first_call) {}
  void write(std::string line);

  Fd file_;
  std::atomic<std::uint64_t> next_call_;
};

// Sends a command and keeps both ends of it in the ledger. `response`, where given, gets the reply.
CallResult send_recorded(HttpClient& client, const PreparedCommand& command,
                         const std::string& token, std::string_view user, Ledger& ledger,
                         Response* response = nullptr);

// One line of a ledger.
struct LedgerLine {
  bool is_invoke = false;
  std::uint64_t call = 0;
  // invoke
  std::string request_id;
  std::string user;
  Uuid routing_id;
  std::string method;
  std::string path;
  std::string body_hash;  // SHA-256, hex
  // the rest
  CallResult result;
};

// Calls visit for each line in order. A last line without its end is left out: the writer died in
// it. Fails at the first line that is none.
Result<void, std::string> read_ledger(const std::string& file,
                                      const std::function<void(const LedgerLine&)>& visit);

}  // namespace pim::load
