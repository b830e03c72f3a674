// Bytes that are no HTTP request, or that two servers could read differently.
#pragma once

#include <array>
#include <string_view>

namespace pim::chaos {

using std::string_view_literals::operator""sv;

inline constexpr auto kMalformed = std::to_array<std::string_view>({
    "GET\r\n\r\n"sv, "GET / HTTP/9.9\r\nHost: a\r\n\r\n"sv,
    "GET / HTTP/1.1\r\n\r\n"sv,                           // no Host
    "GET / HTTP/1.1\nHost: a\n\n"sv,                      // bare line feeds
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n"sv,               // a blank before the colon
    "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n"sv,  // obs-fold
    "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"sv,       // a NUL
    "G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n"sv,             // no token
    "GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n"sv,        // bytes beyond ASCII in the target
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"sv,
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"sv,
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"sv,
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"sv,  // the beginning of TLS
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv,              // HTTP/2
});

}  // namespace pim::chaos
