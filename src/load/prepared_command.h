// A command as a request that can be sent, and sent again, byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.h"
#include "load/http_client.h"

namespace pim::load {

struct PreparedCommand {
  std::string_view name;    // command_name()'s, such as `admit-encounter`
  std::string_view method;  // POST or PATCH
  std::string path;
  std::string body;
  std::string request_id;  // UUIDv7: the Idempotency-Key
  Uuid routing_id;         // the patient, provider or facility that it changes
  std::optional<Version> if_match;
};

// For HttpClient.
Request to_request(const PreparedCommand& command, const std::string& token);

// The header lines that all requests of a connection share: Host and Authorization.
std::string shared_headers(const std::string& host, std::uint16_t port, const std::string& token);
// Appends the whole request in wire form.
void append_wire(std::string& out, const PreparedCommand& command, std::string_view shared);

// The version in an ETag (`"7"`); 0 where it is none.
Version version_of_etag(std::string_view etag);

}  // namespace pim::load
