// One reader a format, behind open_rows().
#pragma once

#include <istream>
#include <memory>

#include "data/row_source.h"

namespace pim::data {

using OpenedRows = Result<std::unique_ptr<RowSource>, RowSourceError>;

// More columns than that are a sign that something else is being read.
inline constexpr std::size_t kMaxColumns = 4096;

OpenedRows open_delimited(std::unique_ptr<std::istream> in, FileFormat format,
                          const RowSourceOptions& options);
// `lines`: one object a line, so that a broken one costs no other.
OpenedRows open_json(std::unique_ptr<std::istream> in, bool lines);
OpenedRows open_sql(std::unique_ptr<std::istream> in, const RowSourceOptions& options);

}  // namespace pim::data
