// Mockaroo schema backups.
#include "data/mockaroo/check.h"
#include "data/mockaroo/schema.h"
#include "fuzz.h"

namespace pim::fuzz {
namespace {

class NoDatasets : public data::mockaroo::DatasetNames {
 public:
  const std::vector<std::string>* columns(std::string_view) const override { return nullptr; }
};

}  // namespace
}  // namespace pim::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto schema = pim::data::mockaroo::parse_schema(pim::fuzz::as_text(data, size), "fallback");
  if (!schema) {
    pim::fuzz::require(!schema.error().message.empty(), "a refusal says why");
    return 0;
  }
  pim::fuzz::require(!schema->name.empty(), "a schema has a name");
  for (const auto& column : schema->columns) {
    pim::fuzz::require(column.null_percentage >= 0 && column.null_percentage <= 100,
                       "a share of blanks is one");
    pim::fuzz::require(schema->find(column.name) != nullptr, "a column is found by its name");
  }
  for (const auto& finding : pim::data::mockaroo::check_schema(*schema, pim::fuzz::NoDatasets{})) {
    pim::fuzz::require(!finding.message.empty(), "a finding says what is wrong");
  }
  return 0;
}
