// manifest.json: what made the files beside it, from what, and their hashes.
// docs/formats/manifest.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"

namespace pim::data {

// Where the rows of a file came from.
enum class Origin {
  generated,  // by `pim data generate`
  mocked,     // from a Mockaroo schema, by `pim data mock`: no account, no network
  mockaroo,   // from a Mockaroo schema, by Mockaroo itself
};
std::string_view to_string(Origin origin);

struct ManifestFile {
  std::string name;   // `patients.csv`: beside the manifest
  std::string table;  // of data/tables.h; empty where it is none of them
  Origin origin = Origin::generated;
  std::string schema;      // file name of the Mockaroo schema; empty for generated rows
  std::uint64_t rows = 0;  // without the header
  std::uint64_t bytes = 0;
  std::string sha256;  // 64 lower-case digits
};

// Nothing in it depends on when or where it was made: the same seed, the same manifest.
struct Manifest {
  std::string generator;  // `pim data generate`
  std::string version;    // of the program
  std::uint64_t seed = 0;
  bool synthetic =
      true;  // derived from no person; a reader refuses a manifest that does not say so
  std::vector<ManifestFile> files;
};

struct ManifestError {
  std::string message;  // what is wrong, and what to do
};

std::string to_json(const Manifest& manifest);
Result<Manifest, ManifestError> parse_manifest(std::string_view json);

// nullopt where the file cannot be read.
struct FileDigest {
  std::uint64_t bytes = 0;
  std::string sha256;
};
std::optional<FileDigest> digest_file(const std::string& path);

}  // namespace pim::data
