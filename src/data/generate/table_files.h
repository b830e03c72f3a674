// The eight files of a generation, written front to back. They carry their final names only once
// all of them are whole.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/generate/row_writer.h"
#include "data/manifest.h"
#include "data/sha256.h"
#include "domain/result.h"

namespace pim::data::generate {

class TableFiles {
 public:
  struct Problem {
    std::string message;
  };

  // Begins NAME.partial for each table, with its head. Without `hash` no digest is made.
  static Result<std::unique_ptr<TableFiles>, Problem> create(const std::string& directory,
                                                             FileKind kind, bool hash);
  ~TableFiles();
  TableFiles(const TableFiles&) = delete;
  TableFiles& operator=(const TableFiles&) = delete;

  // False: problem() says why, and no more is written. Not thread-safe.
  bool write(const Texts& texts);
  const std::optional<Problem>& problem() const { return problem_; }

  // Closes and renames; what the manifest says of them.
  Result<std::vector<ManifestFile>, Problem> finish();

  std::uint64_t rows() const;
  std::uint64_t bytes() const;

 private:
  struct File {
    std::string name;
    std::string table;
    int fd = -1;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::optional<Sha256> hash;
  };
  TableFiles() = default;
  bool append(File& file, std::string_view text);
  std::string partial(const File& file) const { return directory_ + "/" + file.name + ".partial"; }

  std::string directory_;
  std::array<File, kTableCount> files_;
  std::optional<Problem> problem_;
};

// `csv` and so on: the ending of a file's name.
std::string_view ending_of(FileKind kind);

}  // namespace pim::data::generate
