#include "cli/schema_files.h"

#include "cli/text_file.h"

namespace pim::cli {

Result<std::vector<data::mockaroo::MockInput>, SchemaFilesError> read_schemas(
    const std::vector<std::string>& files) {
  std::vector<data::mockaroo::MockInput> inputs;
  for (const auto& file : files) {
    const auto text = read_file(file);
    if (!text) return Err{SchemaFilesError{true, "cannot read " + file}};
    auto schema = data::mockaroo::parse_schema(*text, data::mockaroo::schema_name_of(file));
    if (!schema) {
      return Err{SchemaFilesError{false, data::mockaroo::to_text(schema.error(), file)}};
    }
    inputs.push_back({file, std::move(*schema)});
  }
  return inputs;
}

}  // namespace pim::cli
