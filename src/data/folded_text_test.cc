#include "data/folded_text.h"

#include <gtest/gtest.h>

namespace pim::data {
namespace {

TEST(FoldedText, LeavesLettersOnly) {
  EXPECT_EQ(fold(" Fecha de  Nacimiento "), "fecha_de_nacimiento");
  EXPECT_EQ(fold("G\u00E9nero/Sexo"), "genero_sexo");
  EXPECT_EQ(fold("Ge\u0301nero"), "genero") << "an accent of its own";
  EXPECT_EQ(fold("A\u00D1O"), "ano");
  EXPECT_EQ(fold("Stra\u00DFe"), "strasse");
  EXPECT_EQ(fold("date-of.birth"), "date_of_birth");
  EXPECT_EQ(fold("\u00A0x\u00A0"), "x") << "no-break spaces";
  EXPECT_EQ(fold("%"), "");
  EXPECT_EQ(fold("\u59D3\u540D"), "\u59D3\u540D");
  EXPECT_EQ(fold("firstName"), "firstname");
  EXPECT_EQ(fold_words("firstName"), "first_name");
}

TEST(FoldedText, TakesBytesThatAreNoText) {
  for (const auto* bytes : {"\xC3", "\xFF\xFE", "a\x80\x80", "\xE2\x82"}) (void)fold(bytes);
}

}  // namespace
}  // namespace pim::data
