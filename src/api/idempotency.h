// What makes a command repeatable: its key, the ids derived from it, and its fingerprint.
#pragma once

#include <string>
#include <string_view>

#include "domain/ids.h"
#include "store/digest.h"

namespace pim::api {

// A new UUIDv7 as text, for callers that send no key or request id.
std::string make_request_id(UtcMillis now);

// The id of what a create makes when the body names none: SHA-256(user, 0x00, key), its first 16
// bytes with the version and variant bits of a UUIDv8. A retry with the same key meets the same
// stream, wherever it lands.
Uuid derived_id(std::string_view user, std::string_view key);

// Same key and another fingerprint: another request. Each part is framed by its length, so that no
// two requests are the same bytes.
store::Digest command_fingerprint(std::string_view method, std::string_view path,
                                  std::string_view body, std::string_view if_match);

// Of a read, for the journal: who looked for the same thing, without the thing itself.
std::string query_fingerprint(std::string_view method, std::string_view target);

}  // namespace pim::api
