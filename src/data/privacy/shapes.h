// What a run of digits or letters must look like to be a number of somebody's. Pure, no allocation;
// each takes the bare characters, without separators, and is false for any other text.
#pragma once

#include <string_view>

namespace pim::data::privacy {

// ASCII only, whatever the locale.
constexpr bool is_number(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_upper_letter(char c) { return c >= 'A' && c <= 'Z'; }
constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

// Nine digits that the SSA may have issued: area neither 000, 666 nor 900 to 999, group not 00,
// serial not 0000, and neither of the two numbers that were printed in advertisements.
bool may_be_ssn(std::string_view digits);
// Ten digits whose area and exchange the North American plan can assign.
bool may_be_phone(std::string_view digits);
// 555-0100 to 555-0199, the last seven digits: kept for fiction.
bool is_fictitious_phone(std::string_view digits);
// 13 to 19 digits: prefix and length of an issuer, and Luhn.
bool is_card_number(std::string_view digits);
// 13 to 19 digits with spaces and hyphens anywhere between them, and Luhn, whoever would issue it.
bool has_card_form(std::string_view text);
// CMS: eleven characters, letters without S, L, O, I, B and Z.
bool is_mbi(std::string_view text);
// The same with any letters and any first digit.
bool has_mbi_form(std::string_view text);
// 49 CFR 565: seventeen characters without I, O and Q, with check digit, model year and serial.
bool is_vin(std::string_view text);
// Four decimal octets.
bool is_ipv4(std::string_view text);
// Four times one to three digits.
bool has_ipv4_form(std::string_view text);
// Four decimal octets; false for those that name nobody: 0.0.0.0, 255.255.255.255, 127.0.0.0/8 and
// the three documentation nets.
bool is_somebodys_ipv4(std::string_view text);
// RFC 4291 text form; false for :: and ::1, and where it may be something else (`a::b`).
bool is_ipv6(std::string_view text);
// The same without the documentation net, 2001:db8::/32.
bool is_somebodys_ipv6(std::string_view text);
// Something, `@`, something, `.` and a letter, whatever else there is.
bool has_email_form(std::string_view text);
// A host name of RFC 2606 and 6761: example.com, .net, .org, and .test, .invalid, .example.
bool is_reserved_domain(std::string_view domain);

}  // namespace pim::data::privacy
