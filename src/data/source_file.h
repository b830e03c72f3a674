// A file of a mapping, before anything of it is sent: opened, hashed, its columns held against the
// mapping, and read through once for what only the whole column can tell.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/mapping.h"
#include "data/row_source.h"
#include "domain/result.h"

namespace pim::data {

struct SourceFile {
  std::string path;
  std::string name;  // for reports: `people.csv`, `dump.sql:people`
  std::string hash;  // SHA-256 of its bytes
  std::uint64_t bytes = 0;
  std::unique_ptr<RowSource> rows;
  std::vector<std::string> notes;  // what was found out rather than told
};

struct SourceProblem {
  bool unreadable = false;  // the file, as opposed to what is in it
  std::string message;      // with path and place
};

// White space around a text, no-break spaces included, says nothing.
std::string_view trimmed(std::string_view text);

// Changes the mapping: columns get the file's own names, detected date formats are filled in.
// `progress`: bytes read so far. Refuses a file
//   - that lacks a column, or has one that the mapping does not name
//   - whose values look like identifiers in a column that is used
//   - whose dates may be read in two ways
Result<SourceFile, SourceProblem> open_source(Mapping& mapping, std::size_t source,
                                              const std::string& path,
                                              const std::function<void(std::uint64_t)>& progress);

}  // namespace pim::data
