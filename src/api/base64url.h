// base64url without padding (RFC 4648, 5), as JWTs use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pim::api {

std::string base64url_encode(std::string_view bytes);
// Strict: no padding, no white space, no stray bits in the last character, so that a value has one
// spelling only.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace pim::api
