// The closed list, held against the domain that the rows become.
#include "data/tables.h"

#include <gtest/gtest.h>

namespace pim::data {
namespace {

TEST(Tables, EveryReferencePointsToATableBefore) {
  for (std::size_t i = 0; i < all_tables().size(); ++i) {
    for (const auto& column : all_tables()[i].columns) {
      if (column.refers_to.empty()) continue;
      const Table* parent = find_table(column.refers_to);
      ASSERT_NE(parent, nullptr) << column.refers_to;
      EXPECT_LT(parent, &all_tables()[i]);
      EXPECT_EQ(parent->columns[0].name, column.name);
    }
  }
}

TEST(Tables, EachColumnTakesWhatItsFormSaysAndNoProse) {
  const auto valid = [](std::string_view table, std::string_view column, std::string_view text) {
    return find_table(table)->find(column)->valid(text);
  };
  EXPECT_TRUE(valid("encounters", "admitted_at", "2025-03-01T10:15:00Z"));
  EXPECT_FALSE(valid("encounters", "admitted_at", "3/1/2025 10:15 AM"));
  EXPECT_TRUE(valid("diagnoses", "icd10cm", "E11.9"));
  EXPECT_TRUE(valid("procedures", "code", "0DTJ4ZZ"));
  EXPECT_FALSE(valid("procedures", "code", "99213")) << "CPT is licensed";
  EXPECT_TRUE(valid("facilities", "beds", "0"));
  EXPECT_FALSE(valid("facilities", "beds", "-1"));
  EXPECT_FALSE(valid("facilities", "beds", "2 beds"));
  EXPECT_FALSE(valid("facilities", "npi", "1234567893")) << "may be a real one";
  for (const auto& table : all_tables()) {
    for (const auto& column : table.columns) {
      EXPECT_FALSE(column.valid("Jane Doe, 555 Elm St")) << table.name << "." << column.name;
    }
  }
  EXPECT_EQ(find_table("invoices"), nullptr);
  EXPECT_EQ(find_table("patients")->find("ssn"), nullptr);
}

}  // namespace
}  // namespace pim::data
