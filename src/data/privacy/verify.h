// Files and directories against all rules that a file can break: what `pim data verify` does.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/privacy/report.h"
#include "domain/result.h"

namespace pim::data::privacy {

struct VerifyOptions {
  std::optional<int> reference_year = {};  // in which ages are counted; see TableCheckOptions
  int present_year = 0;
  bool manifest = true;  // false: its rules are left out
  // After some rows; `done` and `total` count bytes of all files.
  std::function<void(std::string_view file, std::uint64_t done, std::uint64_t total)> progress = {};
};

struct VerifyError {
  std::string message;  // what cannot be read
};

// A directory stands for the files in it. A file's table is what its manifest says, else what its
// name begins with: `encounters.csv`, `encounters-2.csv`. What is none of the eight tables is
// scanned by the text rules alone. Files are read one after another, parents before children,
// whatever the order in which they are given.
Result<Report, VerifyError> verify_files(const std::vector<std::string>& paths,
                                         const VerifyOptions& options);

}  // namespace pim::data::privacy
