#include "load/prepared_command.h"

#include <charconv>

namespace pim::load {
namespace {

std::string etag_of(Version version) { return '"' + std::to_string(version) + '"'; }

}  // namespace

Request to_request(const PreparedCommand& command, const std::string& token) {
  Request request{command.method,
                  command.path,
                  {{"Authorization", "Bearer " + token},
                   {"Content-Type", "application/json"},
                   {"Idempotency-Key", command.request_id}},
                  command.body};
  if (command.if_match) request.headers.emplace_back("If-Match", etag_of(*command.if_match));
  return request;
}

std::string shared_headers(const std::string& host, std::uint16_t port, const std::string& token) {
  return "Host: " + host + ":" + std::to_string(port) + "\r\nAuthorization: Bearer " + token +
         "\r\n";
}

void append_wire(std::string& out, const PreparedCommand& command, std::string_view shared) {
  out.append(command.method).append(" ").append(command.path).append(" HTTP/1.1\r\n");
  out.append(shared).append("Content-Type: application/json\r\nIdempotency-Key: ");
  out.append(command.request_id);
  if (command.if_match) out.append("\r\nIf-Match: ").append(etag_of(*command.if_match));
  char length[24];
  const auto end = std::to_chars(length, length + sizeof length, command.body.size()).ptr;
  out.append("\r\nContent-Length: ").append(length, end).append("\r\n\r\n").append(command.body);
}

Version version_of_etag(std::string_view etag) {
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return 0;
  Version version = 0;
  const char* last = etag.data() + etag.size() - 1;
  const auto [end, error] = std::from_chars(etag.data() + 1, last, version);
  return error == std::errc{} && end == last ? version : 0;
}

}  // namespace pim::load
