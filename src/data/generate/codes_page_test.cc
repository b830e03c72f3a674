// docs/codes.md has each code of the generator and of the seed's schemas once, and no other. Runs
// in the source directory.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "data/generate/codes.h"
#include "data/mockaroo/schema.h"
#include "domain/codes.h"

namespace pim::data::generate {
namespace {

struct CodeRow {
  std::string system;
  std::string meaning;
  std::string confirmed;
};

std::string read_page(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// By code; a code that stands there twice fails.
std::map<std::string, CodeRow> code_rows() {
  const auto page = read_page("docs/codes.md");
  const std::regex row(R"(\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|)");
  std::map<std::string, CodeRow> rows;
  for (std::sregex_iterator match(page.begin(), page.end(), row), end; match != end; ++match) {
    const auto [at, inserted] =
        rows.emplace((*match)[1].str(), CodeRow{(*match)[2], (*match)[3], (*match)[4]});
    EXPECT_TRUE(inserted) << at->first << " twice";
  }
  return rows;
}

using CodesInUse = std::map<std::string, std::string>;  // code, system

void use_procedure(CodesInUse& used, const std::string& code) {
  used[code] = code.size() == 7 ? "ICD-10-PCS" : "HCPCS";
}

void use_generated(CodesInUse& used) {
  for (const auto& condition : conditions()) used[std::string(condition.icd10cm)] = "ICD-10-CM";
  for (const auto& procedure : procedures()) use_procedure(used, std::string(procedure.code));
  for (const auto& drug : drugs()) {
    used[std::string(drug.rxcui)] = "RxNorm";
    if (!drug.ndc11.empty()) used[std::string(drug.ndc11)] = "NDC";
  }
}

// The options of a column of a schema of the seed.
mockaroo::JsonValue seed_options(const std::string& schema, std::string_view column) {
  const auto parsed =
      mockaroo::parse_schema(read_page("seed/mockaroo/" + schema + ".schema.json"), schema);
  EXPECT_TRUE(parsed.ok()) << schema;
  const auto* found = parsed ? parsed->find(column) : nullptr;
  EXPECT_NE(found, nullptr) << schema << "." << column;
  return found == nullptr ? mockaroo::JsonValue{} : found->options;
}

std::set<std::string> listed(const std::string& schema, std::string_view column) {
  const auto options = seed_options(schema, column);
  const auto* values = options.find("values");
  EXPECT_NE(values, nullptr) << schema << "." << column;
  std::set<std::string> codes;
  if (values == nullptr) return codes;
  for (const auto& value : values->items) codes.insert(value.as_text());
  EXPECT_GT(codes.size(), 5u) << schema << "." << column;
  return codes;
}

void use_mocked(CodesInUse& used) {
  for (const auto& code : listed("diagnoses", "icd10cm")) used[code] = "ICD-10-CM";
  for (const auto& code : listed("procedures", "code")) use_procedure(used, code);
  for (const auto& code : listed("medications", "rxcui")) used[code] = "RxNorm";
  const auto options = seed_options("medications", "ndc11");
  const auto* formula = options.find("value");
  ASSERT_NE(formula, nullptr);
  const std::string text = formula->as_text();
  const std::regex ndc("'([0-9]{11})'");
  for (std::sregex_iterator match(text.begin(), text.end(), ndc), end; match != end; ++match) {
    used[(*match)[1].str()] = "NDC";
  }
}

TEST(CodesPage, HasEachCodeOnceAndNoOther) {
  CodesInUse used;
  use_generated(used);
  use_mocked(used);
  CodesInUse named;
  for (const auto& [code, row] : code_rows()) named[code] = row.system;
  EXPECT_EQ(named, used);
}

TEST(CodesPage, SaysOfEachCodeWhereItWasConfirmed) {
  const auto page = read_page("docs/codes.md");
  for (const auto& [code, row] : code_rows()) {
    EXPECT_NE(page.find("\n| " + row.confirmed + " | "), std::string::npos)
        << code << ": what is " << row.confirmed << "?";
    EXPECT_EQ(row.confirmed == "made up", row.system == "NDC") << code;
  }
}

template <class Type>
bool is_canonical(const std::string& code) {
  const auto parsed = Type::parse(code);
  return parsed && parsed->text() == code;
}

TEST(CodesPage, EveryCodeHasTheFormOfItsSystem) {
  for (const auto& [code, row] : code_rows()) {
    if (row.system == "ICD-10-CM") {
      EXPECT_TRUE(is_canonical<Icd10Cm>(code)) << code;
    } else if (row.system == "ICD-10-PCS") {
      EXPECT_TRUE(is_canonical<Pcs>(code)) << code;
    } else if (row.system == "HCPCS") {
      EXPECT_TRUE(is_canonical<Hcpcs>(code)) << code;
    } else if (row.system == "RxNorm") {
      EXPECT_TRUE(is_canonical<Rxcui>(code)) << code;
    } else {
      EXPECT_EQ(row.system, "NDC") << code;
      EXPECT_TRUE(is_canonical<Ndc11>(code)) << code;
      EXPECT_TRUE(code.starts_with("00000")) << code << ": a labeler's that may exist";
    }
  }
}

}  // namespace
}  // namespace pim::data::generate
