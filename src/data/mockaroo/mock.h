// Mockaroo without the cloud: schemas in, files and their manifest out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/manifest.h"
#include "data/mockaroo/schema.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

struct MockInput {
  std::string file;  // for messages, and the manifest has its last part
  Schema schema;
};

struct MockOptions {
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> rows;   // of each schema; else what it says itself
  std::optional<OutputFormat> format;  // else what it says itself
  std::string datasets;                // directory of NAME.csv; may be empty
  std::string out;                     // directory; made where it is missing
  std::string version;                 // of the program, for the manifest
  std::function<void(std::string_view file, std::uint64_t done, std::uint64_t total)> progress;
};

struct MockError {
  enum class Kind {
    refused,      // a schema cannot be evaluated
    environment,  // a file cannot be read or written
  };
  Kind kind = Kind::refused;
  std::string message;  // one line a finding
};

// The manifest's entry of the file at `path` that has a schema's rows; nullopt where it cannot be
// read.
std::optional<ManifestFile> manifest_entry(const MockInput& input, const Schema& schema,
                                           Origin origin, const std::string& path);

// The same schemas, datasets and seed: the same bytes. Rows are streamed; only the files that other
// schemas draw from are kept in memory.
Result<Manifest, MockError> mock_schemas(const std::vector<MockInput>& inputs,
                                         const MockOptions& options);

}  // namespace pim::data::mockaroo
