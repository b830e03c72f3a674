#include "data/privacy/identifiers.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "data/folded_text.h"
#include "data/privacy/label_words.h"
#include "data/privacy/shapes.h"
#include "data/privacy/text_scan.h"

namespace pim::data::privacy {
namespace {

// Whole words of a folded header, beside those of label_words.h.
constexpr auto kNameWords = std::to_array<std::string_view>({
    "name",     "names",     "firstname",  "lastname", "surname",   "fullname", "fname",
    "lname",    "mname",     "middlename", "maiden",   "forename",  "nickname", "username",
    "initials", "nombre",    "nombres",    "apellido", "apellidos", "nome",     "sobrenome",
    "apelido",  "cognome",   "nom",        "prenom",   "nachname",  "vorname",  "guardian",
    "contact",  "signature", "firma",
});
constexpr auto kNumberWords = std::to_array<std::string_view>({
    "ssn", "ssa",    "nss",         "dni",     "nie",      "curp",      "rfc",
    "cpf", "cedula", "rut",         "nir",     "passport", "pasaporte", "mrn",
    "mbi", "hicn",   "beneficiary", "account", "license",  "licence",   "licencia",
    "vin", "plate",  "certificate", "serial",  "device",
});
constexpr auto kAddressWords = std::to_array<std::string_view>({
    "email",     "mail",      "correo", "courriel", "handy", "street",  "address", "addr",
    "direccion", "domicilio", "calle",  "endereco", "rua",   "adresse", "rue",     "strasse",
    "anschrift", "indirizzo", "url",    "website",  "ip",    "photo",   "foto",    "image",
});
constexpr auto kMoneyWords = std::to_array<std::string_view>({
    "card",
    "creditcard",
    "tarjeta",
    "iban",
});
// Free text may hold any of the others.
constexpr auto kProseWords = std::to_array<std::string_view>({
    "note",
    "notes",
    "comment",
    "comments",
    "remark",
    "remarks",
    "narrative",
    "observaciones",
    "notas",
    "comentario",
    "comentarios",
});

// What may have a name without being a person.
constexpr auto kThings = std::to_array<std::string_view>({
    "drug", "medication", "medicine",  "medicamento", "hospital",  "facility",   "clinic",
    "test", "diagnosis",  "condition", "disease",     "procedure", "department", "specialty",
    "plan", "payer",      "brand",     "generic",     "product",
});

bool is_identifier_word(std::string_view word) {
  const auto listed = [word](const auto&... lists) {
    return ((std::ranges::find(lists, word) != lists.end()) || ...);
  };
  return listed(kNameWords, kNumberWords, kTelephoneWords, kAddressWords, kMoneyWords, kProseWords);
}
bool is_thing(std::string_view word) { return std::ranges::find(kThings, word) != kThings.end(); }

bool header_has_word(std::string_view folded, auto&& wanted) {
  while (!folded.empty()) {
    const auto end = std::min(folded.find('_'), folded.size());
    auto word = folded.substr(0, end);
    while (!word.empty() && word.back() >= '0' && word.back() <= '9') word.remove_suffix(1);
    if (wanted(word)) return true;
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
  return false;
}

// Nothing shorter is somebody's: a@b.co.
constexpr std::size_t kShortestIdentifier = 6;

}  // namespace

bool looks_like_identifier(std::string_view header) {
  // "E-mail" is "e_mail"; "eMail" and "EMAIL" are found one way or the other
  for (const auto& folded : {fold_words(header), fold(header)}) {
    if (!header_has_word(folded, is_identifier_word)) continue;
    const bool only_name = !header_has_word(folded, [](std::string_view word) {
      return word != "name" && word != "nombre" && is_identifier_word(word);
    });
    if (only_name && header_has_word(folded, is_thing)) continue;
    return true;
  }
  return false;
}

std::string_view identifier_kind(std::string_view value) {
  if (value.size() < kShortestIdentifier) return {};
  std::vector<TextHit> hits;
  scan_text(value, kRulesForImports, hits);
  return hits.empty() ? std::string_view() : info(hits.front().rule).kind;
}

bool looks_like_values(std::span<const std::string> header) {
  return std::ranges::any_of(header, [](const std::string& name) {
    const bool number =
        std::ranges::any_of(name, is_number) && std::ranges::all_of(name, [](char c) {
          return is_number(c) || std::string_view("+-./:,$% ").find(c) != std::string_view::npos;
        });
    return number || !identifier_kind(name).empty();
  });
}

}  // namespace pim::data::privacy
