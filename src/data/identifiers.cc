#include "data/identifiers.h"

#include <algorithm>
#include <array>
#include <string>

namespace pim::data {
namespace {

// As whole words of a header, lower case, without accents.
constexpr auto kWords = std::to_array<std::string_view>({
    "name",      "firstname",   "lastname", "surname", "fullname", "nombre",    "nombres",
    "apellido",  "ssn",         "email",    "mail",    "correo",   "phone",     "mobile",
    "fax",       "telefono",    "mrn",      "street",  "address",  "direccion", "mbi",
    "url",       "ip",          "vin",      "license", "licence",  "passport",  "username",
    "apellidos", "beneficiary", "photo",    "dni",
});

struct Accent {
  std::string_view utf8;
  char plain;
};
constexpr auto kAccents = std::to_array<Accent>({
    {"\u00E1", 'a'},
    {"\u00E9", 'e'},
    {"\u00ED", 'i'},
    {"\u00F3", 'o'},
    {"\u00FA", 'u'},
    {"\u00C1", 'a'},
    {"\u00C9", 'e'},
    {"\u00CD", 'i'},
    {"\u00D3", 'o'},
    {"\u00DA", 'u'},
    {"\u00F1", 'n'},
    {"\u00D1", 'n'},
    {"\u00FC", 'u'},
});

// "FirstName", "first-name" and "First Name" all become "first name".
std::string words_of(std::string_view header) {
  std::string words;
  bool after_lower = false;
  while (!header.empty()) {
    const auto accent = std::ranges::find_if(
        kAccents, [&](const Accent& each) { return header.starts_with(each.utf8); });
    if (accent != kAccents.end()) {
      words.push_back(accent->plain);
      header.remove_prefix(accent->utf8.size());
      after_lower = true;
      continue;
    }
    const char c = header.front();
    header.remove_prefix(1);
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    if (upper && after_lower) words.push_back(' ');
    words.push_back(upper ? static_cast<char>(c - 'A' + 'a') : lower ? c : ' ');
    after_lower = lower;
  }
  return words;
}

}  // namespace

bool looks_like_identifier(std::string_view header) {
  const std::string words = words_of(header);
  std::string_view rest = words;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (std::ranges::find(kWords, rest.substr(0, end)) != kWords.end()) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace pim::data
