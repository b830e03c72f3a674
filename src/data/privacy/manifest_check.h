// The rules of manifest.json: what it says of the files beside it is so, and it says it of all.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/manifest.h"
#include "data/privacy/report.h"

namespace pim::data::privacy {

class ManifestCheck {
 public:
  // `directory` may be empty: the present one. The report outlives the check.
  ManifestCheck(Report& report, const std::string& directory);

  // Looks for manifest.json and reads it.
  void read();
  // Whether what it lists is there, and nothing else: of the whole directory.
  void check_directory();
  // Size and hash of one file, by its name in the directory.
  void check_file(const std::string& name);
  // After its rows were counted.
  void check_rows(const std::string& name, std::uint64_t rows);

  // nullptr where there is none.
  const ManifestFile* find(std::string_view name) const;

 private:
  std::string path_of(std::string_view name) const;

  Report& report_;
  std::string directory_;
  std::optional<Manifest> manifest_;
  std::map<std::string, bool, std::less<>> same_bytes_;  // of the files that were checked
};

}  // namespace pim::data::privacy
