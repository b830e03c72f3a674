#include "data/privacy/verify.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <utility>

#include "data/privacy/manifest_check.h"
#include "data/privacy/shapes.h"
#include "data/privacy/table_check.h"
#include "data/privacy/text_check.h"
#include "data/row_source.h"
#include "data/tables.h"

namespace pim::data::privacy {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifestFile = "manifest.json";
constexpr std::uint64_t kRowsBetweenProgress = 4096;
constexpr std::size_t kLongestLine = 1 << 20;

struct Input {
  std::string path;
  std::string directory;
  std::string name;  // in it
  std::uint64_t bytes = 0;
  const Table* table = nullptr;
  bool has_rows = false;  // else it is text of some kind
  std::uint64_t rows = 0;
};

bool is_row_format(std::string_view name) {
  constexpr auto kEndings = std::to_array<std::string_view>(
      {".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".sql"});
  return std::ranges::any_of(kEndings, [&](auto ending) { return name.ends_with(ending); });
}

// `encounters` of `encounters.csv` and `encounters-2.csv`; none of `patients-es.csv`.
const Table* table_by_name(std::string_view name) {
  auto stem = name.substr(0, name.find('.'));
  const auto hyphen = stem.find('-');
  if (hyphen != std::string_view::npos) {
    if (!std::ranges::all_of(stem.substr(hyphen + 1), is_number)) return nullptr;
    stem = stem.substr(0, hyphen);
  }
  return find_table(stem);
}

class Verification {
 public:
  explicit Verification(const VerifyOptions& options) : options_(options), texts_(report_) {}

  Result<Report, VerifyError> run(const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
      if (auto error = collect(path)) return Err{std::move(*error)};
    }
    sort_inputs();
    if (options_.manifest) check_manifests();
    TableCheckOptions tables{options_.reference_year, options_.present_year, absent_tables()};
    TableCheck rows(report_, texts_, std::move(tables));
    for (auto& input : inputs_) {
      auto error = input.has_rows ? read_rows(input, rows) : read_text(input);
      if (error) return Err{std::move(*error)};
      done_ += input.bytes;
    }
    rows.finish();
    texts_.finish();
    return std::move(report_);
  }

 private:
  std::optional<VerifyError> collect(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      if (!fs::is_regular_file(path, error)) return VerifyError{"cannot read " + path};
      add(fs::path(path));
      return {};
    }
    const auto directory = directory_of(fs::path(path) / kManifestFile);
    if (std::ranges::find(whole_directories_, directory) != whole_directories_.end()) return {};
    whole_directories_.push_back(directory);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path, error)) {
      if (entry.is_regular_file() && entry.path().filename() != kManifestFile) {
        files.push_back(entry.path());
      }
    }
    if (error) return VerifyError{"cannot read " + path + ": " + error.message()};
    for (const auto& file : files) add(file);
    return {};
  }

  static std::string directory_of(const fs::path& file) { return file.parent_path().string(); }

  void add(const fs::path& file) {
    Input input;
    input.path = file.string();
    input.directory = directory_of(file);
    input.name = file.filename().string();
    std::error_code ignored;
    input.bytes = fs::file_size(file, ignored);
    input.has_rows = is_row_format(input.name);
    total_ += input.bytes;
    inputs_.push_back(std::move(input));
  }

  void sort_inputs() {
    // the manifest knows the tables of files with other names
    for (auto& input : inputs_) {
      auto& manifest = manifests_[input.directory];
      if (manifest == nullptr) {
        manifest = std::make_unique<ManifestCheck>(manifest_report(), input.directory);
        manifest->read();
      }
      const auto* listed = manifest->find(input.name);
      if (listed != nullptr) input.table = find_table(listed->table);
      if (input.table == nullptr) input.table = table_by_name(input.name);
    }
    for (const auto& directory : whole_directories_) {
      auto& manifest = manifests_[directory];
      if (manifest != nullptr) continue;
      manifest = std::make_unique<ManifestCheck>(manifest_report(), directory);
      manifest->read();
    }
    const auto order = [](const Input& input) {
      const auto tables = all_tables();
      const auto rank = input.table == nullptr
                            ? tables.size()
                            : static_cast<std::size_t>(input.table - tables.data());
      return std::pair(rank, std::string_view(input.path));
    };
    std::ranges::sort(inputs_, {}, order);
    const auto same = [](const Input& a, const Input& b) { return a.path == b.path; };
    inputs_.erase(std::unique(inputs_.begin(), inputs_.end(), same), inputs_.end());
  }

  // Where its rules are left out, it is still read for the tables.
  Report& manifest_report() { return options_.manifest ? report_ : unused_; }

  void check_manifests() {
    for (const auto& directory : whole_directories_) manifests_[directory]->check_directory();
    for (const auto& input : inputs_) manifests_[input.directory]->check_file(input.name);
  }

  std::vector<std::string_view> absent_tables() const {
    std::vector<std::string_view> absent;
    for (const auto& table : all_tables()) {
      if (std::ranges::find(inputs_, &table, &Input::table) == inputs_.end()) {
        absent.push_back(table.name);
      }
    }
    return absent;
  }

  std::optional<VerifyError> read_rows(Input& input, TableCheck& check) {
    auto opened = open_rows(input.path);
    if (!opened && opened.error().unreadable) return VerifyError{opened.error().message};
    report_.looked_at(Rule::table_unknown);
    const bool is_listed = manifests_[input.directory]->find(input.name) != nullptr;
    if (input.table == nullptr && !is_listed) {
      report_.add(Rule::table_unknown, input.path, {0, 0});
    }
    if (!opened) {
      report_.looked_at(Rule::row_malformed);
      report_.add(Rule::row_malformed, input.path, opened.error().place);
      return {};
    }
    auto& rows = **opened;
    check.begin_file(input.path, input.table, rows.columns());
    CsvRow row;
    while (true) {
      const auto more = rows.next(row);
      if (more && !*more) break;
      ++input.rows;
      if (more) {
        check.row(row);
      } else {
        check.malformed_row(more.error().place);
      }
      if (input.rows % kRowsBetweenProgress == 0) show_progress(input.name, rows.bytes_read());
    }
    if (options_.manifest) manifests_[input.directory]->check_rows(input.name, input.rows);
    return {};
  }

  // Line by line; a line beyond all measure in pieces.
  std::optional<VerifyError> read_text(const Input& input) {
    std::ifstream in(input.path, std::ios::binary);
    if (!in) return VerifyError{"cannot read " + input.path};
    std::string line;
    std::uint64_t number = 1;
    std::uint64_t bytes = 0;
    const auto scan = [&] {
      texts_.check(line, TextRules::all(), input.path, {number, 1}, {});
      line.clear();
    };
    for (auto c = in.rdbuf()->sbumpc(); c != std::char_traits<char>::eof();
         c = in.rdbuf()->sbumpc()) {
      ++bytes;
      line.push_back(static_cast<char>(c));
      if (c != '\n' && line.size() < kLongestLine) continue;
      scan();
      if (c == '\n') ++number;
      if (number % kRowsBetweenProgress == 0) show_progress(input.name, bytes);
    }
    if (!line.empty()) scan();
    return {};
  }

  void show_progress(std::string_view name, std::uint64_t bytes) const {
    if (options_.progress) options_.progress(name, done_ + bytes, total_);
  }

  const VerifyOptions& options_;
  Report report_;
  Report unused_;
  TextCheck texts_;
  std::vector<Input> inputs_;
  std::vector<std::string> whole_directories_;
  std::map<std::string, std::unique_ptr<ManifestCheck>> manifests_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace

Result<Report, VerifyError> verify_files(const std::vector<std::string>& paths,
                                         const VerifyOptions& options) {
  return Verification(options).run(paths);
}

}  // namespace pim::data::privacy
