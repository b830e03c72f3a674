// A plan's eight files and their manifest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "data/generate/plan.h"
#include "data/generate/row_writer.h"
#include "data/manifest.h"
#include "domain/result.h"

namespace pim::data::generate {

struct GenerateOptions {
  FileKind kind = FileKind::csv;
  unsigned threads = 1;
  std::string directory;  // made where it is not there
  bool force = false;     // whatever else is in it
  std::string version;    // of the program, for the manifest
  // Called by one thread at a time, after each block.
  std::function<void(std::uint64_t done, std::uint64_t total, std::uint64_t rows)> progress;
};

struct GenerateError {
  enum class Kind {
    usage,        // the plan, or a directory that holds something else
    environment,  // a file cannot be written
  };
  Kind kind = Kind::usage;
  std::string message;
};

Result<Manifest, GenerateError> generate_files(const Plan& plan, const GenerateOptions& options);

}  // namespace pim::data::generate
