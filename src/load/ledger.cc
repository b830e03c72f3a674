#include "load/ledger.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "domain/ids_text.h"
#include "domain/json.h"

namespace pim::load {
namespace {

constexpr std::array<std::string_view, 3> kOutcomes = {"ok", "fail", "info"};

std::string sha256_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

// Every line's fields; false where the line is none.
bool parse_line(simdjson::dom::parser& parser, const std::string& text, LedgerLine& line) {
  line = {};
  simdjson::dom::object object;
  std::string_view op;
  if (parser.parse(text).get(object) != simdjson::SUCCESS ||
      object["op"].get(op) != simdjson::SUCCESS ||
      object["call"].get(line.call) != simdjson::SUCCESS) {
    return false;
  }
  const auto copy = [&object](const char* name, std::string& out) {
    std::string_view value;
    if (object[name].get(value) != simdjson::SUCCESS) return false;
    out = value;
    return true;
  };
  line.is_invoke = op == "invoke";
  if (line.is_invoke) {
    std::string routing_id;
    if (!copy("request_id", line.request_id) || !copy("user_id", line.user) ||
        !copy("routing_id", routing_id) || !copy("method", line.method) ||
        !copy("path", line.path) || !copy("body_sha256", line.body_hash)) {
      return false;
    }
    const auto id = Uuid::parse(routing_id);
    line.routing_id = id.value_or(Uuid{});
    return id.has_value();
  }
  const auto* const outcome = std::find(kOutcomes.begin(), kOutcomes.end(), op);
  if (outcome == kOutcomes.end()) return false;
  line.result.outcome = static_cast<CallOutcome>(outcome - kOutcomes.begin());
  std::int64_t status = 0;
  if (object["status"].get(status) != simdjson::SUCCESS) return false;
  line.result.status = static_cast<int>(status);
  if (line.result.outcome != CallOutcome::ok) return true;
  return object["version"].get(line.result.version) == simdjson::SUCCESS &&
         object["replayed"].get(line.result.replayed) == simdjson::SUCCESS &&
         copy("position", line.result.position);
}

}  // namespace

std::string_view to_string(CallOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

CallResult result_of(const Response& response) {
  CallResult result;
  result.status = response.status;
  if (response.status >= 200 && response.status < 300) {
    result.outcome = CallOutcome::ok;
    result.version = version_of_etag(response.header("etag"));
    result.position = response.header("pim-position");
    result.replayed = response.header("idempotency-replayed") == "true";
    return result;
  }
  // A server in trouble must say so explicitly to be believed that nothing happened.
  const bool not_applied = response.status == 507 ||
                           response.body.find(R"("outcome":"not-applied")") != std::string::npos;
  result.outcome = response.status < 500 || not_applied ? CallOutcome::fail : CallOutcome::info;
  return result;
}

CallResult result_of(const TransportError& error) {
  CallResult result;
  result.outcome = error.sent ? CallOutcome::info : CallOutcome::fail;
  return result;
}

Ledger::Ledger(Ledger&& other) noexcept
    : file_(std::move(other.file_)), next_call_(other.next_call_.load()) {}

Result<Ledger, std::string> Ledger::open(const std::string& file) {
  Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return Err{system_error("open " + file, errno)};
  std::uint64_t next = 1;
  auto read =
      read_ledger(file, [&next](const LedgerLine& line) { next = std::max(next, line.call + 1); });
  if (!read) return Err{std::move(read.error())};
  // A torn last line would spoil the next one.
  auto size = ::lseek(fd.get(), 0, SEEK_END);
  char last = '\n';
  while (size > 0 && ::pread(fd.get(), &last, 1, size - 1) == 1 && last != '\n') --size;
  if (::ftruncate(fd.get(), size) != 0 || ::fcntl(fd.get(), F_SETFL, O_APPEND) != 0) {
    return Err{system_error("truncate " + file, errno)};
  }
  return Ledger(std::move(fd), next);
}

std::uint64_t Ledger::invoke(const PreparedCommand& command, std::string_view user) {
  const std::uint64_t call = next_call_++;
  std::string line = R"({"op":"invoke","call":)" + std::to_string(call) + R"(,"request_id":)";
  append_json_string(line, command.request_id);
  line += R"(,"user_id":)";
  append_json_string(line, user);
  line += R"(,"routing_id":")";
  append_uuid(line, command.routing_id);
  line += R"(","method":)";
  append_json_string(line, command.method);
  line += R"(,"path":)";
  append_json_string(line, command.path);
  line += R"(,"body_sha256":")" + sha256_hex(command.body) + "\"}\n";
  write(std::move(line));
  return call;
}

void Ledger::complete(std::uint64_t call, const CallResult& result) {
  std::string line = R"({"op":")";
  line += to_string(result.outcome);
  line += R"(","call":)" + std::to_string(call) + R"(,"status":)" + std::to_string(result.status);
  if (result.outcome == CallOutcome::ok) {
    line += R"(,"version":)" + std::to_string(result.version) + R"(,"position":)";
    append_json_string(line, result.position);
    line += result.replayed ? R"(,"replayed":true)" : R"(,"replayed":false)";
  }
  line += "}\n";
  write(std::move(line));
}

// One write with O_APPEND: lines of several threads never mix.
void Ledger::write(std::string line) {
  const auto wrote = ::write(file_.get(), line.data(), line.size());
  // Without its ledger a run proves nothing: better no run.
  if (wrote != static_cast<ssize_t>(line.size())) std::abort();
}

CallResult send_recorded(HttpClient& client, const PreparedCommand& command,
                         const std::string& token, std::string_view user, Ledger& ledger,
                         Response* response) {
  const auto call = ledger.invoke(command, user);
  auto sent = client.send(to_request(command, token));
  const auto result = sent ? result_of(*sent) : result_of(sent.error());
  ledger.complete(call, result);
  if (sent && response != nullptr) *response = std::move(sent).value();
  return result;
}

Result<void, std::string> read_ledger(const std::string& file,
                                      const std::function<void(const LedgerLine&)>& visit) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Err{"cannot read " + file};
  simdjson::dom::parser parser;
  std::string text;
  LedgerLine line;
  for (std::uint64_t number = 1; std::getline(in, text); ++number) {
    if (in.eof()) break;  // no line end
    if (!parse_line(parser, text, line)) {
      return Err{file + ":" + std::to_string(number) + ": not a line of a ledger"};
    }
    visit(line);
  }
  return {};
}

}  // namespace pim::load
