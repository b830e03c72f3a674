// CSV with any delimiter. The first byte: 0 finds the delimiter, 1 has no header, else it is it.
#include "rows_property.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  pim::data::RowSourceOptions options;
  if (data[0] == 1) options.columns = {"a", "b"};
  if (data[0] > 1 && data[0] < 0x80 && data[0] != '"' && data[0] != '\n' && data[0] != '\r') {
    options.delimiter = static_cast<char>(data[0]);
  }
  pim::fuzz::check_rows(pim::fuzz::as_text(data + 1, size - 1), pim::data::FileFormat::csv,
                        options);
  return 0;
}
