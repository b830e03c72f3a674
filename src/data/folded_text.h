// Names as people vary them: `Fecha de Nacimiento`, `fecha_de_nacimiento`, `FechaDeNacimiento `.
#pragma once

#include <string>
#include <string_view>

namespace pim::data {

// Lower-case words without accents, joined by `_`; every run of other characters separates words.
// Letters outside of Latin stay as they are. "Género/Sexo " becomes "genero_sexo".
std::string fold(std::string_view text);

// The same, where a capital behind a small letter begins a word, too: "firstName" is "first_name".
std::string fold_words(std::string_view text);

}  // namespace pim::data
