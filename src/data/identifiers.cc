#include "data/identifiers.h"

#include <algorithm>
#include <array>
#include <string>

#include "data/folded_text.h"

namespace pim::data {
namespace {

// Whole words of a folded header.
constexpr auto kIdentifierWords = std::to_array<std::string_view>({
    // names
    "name",
    "names",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "fname",
    "lname",
    "mname",
    "middlename",
    "maiden",
    "forename",
    "nickname",
    "username",
    "initials",
    "nombre",
    "nombres",
    "apellido",
    "apellidos",
    "nome",
    "sobrenome",
    "apelido",
    "cognome",
    "nom",
    "prenom",
    "nachname",
    "vorname",
    "guardian",
    "contact",
    "signature",
    "firma",
    // numbers of a person
    "ssn",
    "ssa",
    "nss",
    "dni",
    "nie",
    "curp",
    "rfc",
    "cpf",
    "cedula",
    "rut",
    "nir",
    "passport",
    "pasaporte",
    "mrn",
    "mbi",
    "hicn",

    "beneficiary",
    "account",
    "license",
    "licence",
    "licencia",
    "vin",
    "plate",
    "certificate",
    "serial",
    "device",
    // where and how to find them
    "email",
    "mail",
    "correo",
    "courriel",
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cellphone",
    "fax",
    "telefono",
    "telefone",
    "celular",
    "movil",
    "telefon",
    "handy",
    "street",
    "address",
    "addr",
    "direccion",
    "domicilio",
    "calle",
    "endereco",
    "rua",
    "adresse",
    "rue",
    "strasse",
    "anschrift",
    "indirizzo",
    "url",
    "website",
    "ip",
    "photo",
    "foto",
    "image",
    // money
    "card",
    "creditcard",
    "tarjeta",
    "iban",
    // free text, which may hold any of these
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

bool is_name_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// `form`: 9 a digit, A a capital, X either, everything else itself. Anywhere in `text`, without a
// letter or digit on either side.
bool value_holds_form(std::string_view text, std::string_view form) {
  const auto fits = [](char c, char f) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (f == '9') return is_name_digit(c);
    if (f == 'A') return capital;
    if (f == 'X') return capital || is_name_digit(c);
    return c == f;
  };
  const auto free = [&](std::size_t at) {
    return at >= text.size() || (!is_name_digit(text[at]) && !is_name_letter(text[at]));
  };
  for (std::size_t at = 0; at + form.size() <= text.size(); ++at) {
    const bool alone = (at == 0 || free(at - 1)) && free(at + form.size());
    if (alone && std::equal(form.begin(), form.end(), text.begin() + static_cast<long>(at),
                            [&](char f, char c) { return fits(c, f); })) {
      return true;
    }
  }
  return false;
}

bool value_is_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == text.npos || at == 0) return false;
  const auto dot = text.find('.', at);
  return text[at - 1] != ' ' && dot != text.npos && dot > at + 1 && dot + 1 < text.size() &&
         is_name_letter(text[dot + 1]);
}

// 13 to 19 digits, perhaps in groups, with a check digit that holds.
bool value_is_card(std::string_view text) {
  int sum = 0;
  int digits = 0;
  for (std::size_t i = text.size(); i > 0; --i) {
    const char c = text[i - 1];
    if (c == ' ' || c == '-') continue;
    if (!is_name_digit(c)) return false;
    int digit = c - '0';
    if (++digits % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return digits >= 13 && digits <= 19 && sum % 10 == 0;
}

bool value_is_ip_address(std::string_view text) {
  int parts = 1;
  int digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || digits > 3) return false;
      ++parts;
      digits = 0;
    } else if (is_name_digit(c)) {
      ++digits;
    } else {
      return false;
    }
  }
  return parts == 4 && digits > 0 && digits <= 3;
}

}  // namespace

bool looks_like_identifier(std::string_view header) {
  const auto listed = [](const auto& list) {
    return [&list](std::string_view word) { return std::ranges::find(list, word) != list.end(); };
  };
  // "E-mail" is "e_mail"; "eMail" and "EMAIL" are found one way or the other
  for (const auto& folded : {fold_words(header), fold(header)}) {
    if (!header_has_word(folded, listed(kIdentifierWords))) continue;
    const bool only_name = !header_has_word(folded, [&](std::string_view word) {
      return word != "name" && word != "nombre" && listed(kIdentifierWords)(word);
    });
    if (only_name && header_has_word(folded, listed(kThings))) continue;
    return true;
  }
  return false;
}

std::string_view identifier_kind(std::string_view value) {
  if (value.size() < 7) return {};
  if (value_is_email(value)) return "an e-mail address";
  if (value.find("://") != value.npos || value.starts_with("www.")) return "a web address";
  for (const auto* form : {"999-99-9999", "999 99 9999"}) {
    if (value_holds_form(value, form)) return "a social security number";
  }
  for (const auto* form :
       {"(999) 999-9999", "(999)999-9999", "999-999-9999", "999.999.9999", "999 999 9999"}) {
    if (value_holds_form(value, form)) return "a telephone number";
  }
  for (const auto* form : {"9AX9AX9AA99", "9AX9-AX9-AA99"}) {
    if (value_holds_form(value, form)) return "a Medicare beneficiary number";
  }
  if (value.starts_with("MRN")) return "a medical record number";
  if (value_is_card(value)) return "a card number";
  if (value_is_ip_address(value)) return "an IP address";
  return {};
}

bool looks_like_values(std::span<const std::string> header) {
  return std::ranges::any_of(header, [](const std::string& name) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto sign = [](char c) {
      return std::string_view("+-./:,$% ").find(c) != std::string_view::npos;
    };
    const bool number = std::ranges::any_of(name, digit) &&
                        std::ranges::all_of(name, [&](char c) { return digit(c) || sign(c); });
    return number || !identifier_kind(name).empty();
  });
}

}  // namespace pim::data
