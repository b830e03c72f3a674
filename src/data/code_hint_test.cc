#include "data/code_hint.h"

#include <gtest/gtest.h>

namespace pim::data {
namespace {

bool hints_at(std::string_view field, std::string_view text, std::string_view at) {
  return code_hint(field, text).find(at) != std::string_view::npos;
}

TEST(CodeHint, KnowsWhatIsMistakenForADiagnosis) {
  for (const auto* text : {"250", "250.01", "25001", "E812.0"}) {
    EXPECT_TRUE(hints_at("icd10cm", text, "ICD-9-CM")) << text;
  }
  EXPECT_TRUE(hints_at("icd10cm", "Diabetes mellitus", "description"));
  EXPECT_TRUE(hints_at("icd10cm", "Hipertensi\u00F3n", "description"));
  EXPECT_TRUE(hints_at("icd10cm", "e11.9", "capitals"));
  EXPECT_EQ(code_hint("icd10cm", "1"), "");
}

TEST(CodeHint, KnowsWhatIsMistakenForOtherCodes) {
  EXPECT_TRUE(hints_at("ndc11", "0093-1048", "two segments"));
  EXPECT_TRUE(hints_at("ndc11", "0093-1048-01", "10 digits"));
  EXPECT_TRUE(hints_at("ndc11", "0093104801", "10 digits"));
  EXPECT_EQ(code_hint("ndc11", "aspirin"), "");
  EXPECT_TRUE(hints_at("code", "99213", "CPT"));
  EXPECT_TRUE(hints_at("npi", "1234567893", "real"));
  EXPECT_EQ(code_hint("rank", "x"), "");
}

}  // namespace
}  // namespace pim::data
