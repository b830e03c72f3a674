// JSON and JSON Lines. The first byte: odd for lines.
#include "rows_property.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = data[0] % 2 == 1 ? pim::data::FileFormat::jsonl : pim::data::FileFormat::json;
  pim::fuzz::check_rows(pim::fuzz::as_text(data + 1, size - 1), format);
  return 0;
}
