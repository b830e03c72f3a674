// Files in, commands out: reads the sources of a mapping step by step and sends what they say.
//
// Exactly once: a command's request id follows from the file's content, the step and the row, so a
// run that was cut short is simply run again.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/import_report.h"
#include "data/mapping.h"
#include "data/pseudonym.h"
#include "data/sender.h"
#include "domain/result.h"

namespace pim::data {

struct ImportOptions {
  bool strict = false;  // stop at the first refusal
  // After each row; `done` and `total` count bytes of input over all steps.
  std::function<void(std::string_view step, std::uint64_t done, std::uint64_t total)> progress;
};

struct ImportError {
  enum class Kind {
    usage,        // the files do not fit the mapping
    environment,  // a file cannot be read, or the server is away
  };
  Kind kind = Kind::usage;
  std::string message;
  ImportReport so_far;
};

// One pass a step, so parents stand before children whatever the files hold. `sender` null: a dry
// run, which checks all that can be checked without a server.
Result<ImportReport, ImportError> import_files(const Mapping& mapping, const PseudonymKey& key,
                                               const std::vector<std::string>& files,
                                               Sender* sender, const ImportOptions& options);

}  // namespace pim::data
