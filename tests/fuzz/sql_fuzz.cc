// SQL dumps. The first byte's bits: the table is named, the columns are named, backslashes said.
#include "rows_property.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  pim::data::RowSourceOptions options;
  if ((data[0] & 1) != 0) options.table = "t";
  if ((data[0] & 2) != 0) options.columns = {"a", "b"};
  if ((data[0] & 4) != 0) options.backslash = (data[0] & 8) != 0;
  pim::fuzz::check_rows(pim::fuzz::as_text(data + 1, size - 1), pim::data::FileFormat::sql,
                        options);
  return 0;
}
