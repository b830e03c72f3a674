#include "data/importer.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <unordered_set>

#include "data/csv.h"
#include "data/row_builder.h"
#include "data/sha256.h"

namespace pim::data {
namespace {

namespace fs = std::filesystem;
using Problem = std::optional<ImportError>;

// A source's file, once it has been found, hashed and its header held against the mapping.
struct OpenedSource {
  std::string path;
  std::string hash;
  std::uint64_t bytes = 0;
  Header header;
  bool counted = false;  // its rows and dropped values are in the report
};

class Import {
 public:
  Import(const Mapping& mapping, const PseudonymKey& key, Sender* sender,
         const ImportOptions& options)
      : mapping_(mapping), sender_(sender), options_(options), builder_(mapping, key, keys_) {
    report_.dry_run = sender == nullptr;
  }

  Result<ImportReport, ImportError> run(const std::vector<std::string>& files) {
    Problem problem = open_sources(files);
    for (const Step& step : mapping_.steps) {
      if (problem || report_.stopped) break;
      problem = run_step(step);
    }
    if (!problem) return std::move(report_);
    problem->so_far = std::move(report_);
    return Err{std::move(*problem)};
  }

 private:
  static Problem usage(std::string message) {
    return ImportError{ImportError::Kind::usage, std::move(message), {}};
  }
  static Problem environment(std::string message) {
    return ImportError{ImportError::Kind::environment, std::move(message), {}};
  }

  Problem open_sources(const std::vector<std::string>& files) {
    for (const auto& file : files) {
      const auto name = fs::path(file).filename().string();
      if (std::ranges::find(mapping_.sources, name, &Source::file) == mapping_.sources.end()) {
        return usage("the mapping has no source for " + file);
      }
    }
    for (const auto& source : mapping_.sources) {
      const auto file = std::ranges::find(
          files, source.file, [](const auto& path) { return fs::path(path).filename().string(); });
      if (file == files.end()) return usage("the mapping also wants " + source.file);
      OpenedSource opened;
      opened.path = *file;
      if (auto problem = hash_file(opened)) return problem;
      if (auto problem = read_header(source, opened)) return problem;
      opened_.push_back(std::move(opened));
    }
    for (const auto& step : mapping_.steps) total_bytes_ += opened_[step.source].bytes;
    return {};
  }

  static Problem hash_file(OpenedSource& opened) {
    std::ifstream in(opened.path, std::ios::binary);
    if (!in) return environment("cannot read " + opened.path);
    Sha256 hash;
    std::array<char, 1 << 16> buffer{};
    while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
      hash.add({buffer.data(), static_cast<std::size_t>(in.gcount())});
      opened.bytes += static_cast<std::uint64_t>(in.gcount());
    }
    opened.hash = hash.hex();
    return {};
  }

  Problem read_header(const Source& source, OpenedSource& opened) const {
    std::ifstream in(opened.path, std::ios::binary);
    CsvReader reader(in, source.delimiter);
    CsvRow row;
    const auto read = reader.next(row);
    if (!read) return usage(at(opened.path, read.error().place) + read.error().message);
    if (!*read) return usage(opened.path + " is empty: its first line must name the columns");
    opened.header = Header(row);
    const auto& columns = opened.header.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i),
                    columns[i]) != columns.begin() + static_cast<std::ptrdiff_t>(i)) {
        return usage(at(opened.path, row[i].place) + "a second column '" + columns[i] + "'");
      }
    }
    return account_for_columns(source, opened, row);
  }

  // What the mapping names must be there, and what is there must be named.
  Problem account_for_columns(const Source& source, const OpenedSource& opened,
                              const CsvRow& row) const {
    std::unordered_set<std::string> named(source.drop.begin(), source.drop.end());
    named.insert(source.ignore.begin(), source.ignore.end());
    for (const auto& step : mapping_.steps) {
      if (&mapping_.sources[step.source] != &source) continue;
      for (const auto& rule : step.rules) {
        named.insert(rule.column);
        named.insert(rule.kind_column);
      }
      named.insert(step.once_per);
      named.insert(step.key);
      if (step.when) named.insert(step.when->column);
    }
    named.erase("");
    for (const auto& column : named) {
      if (opened.header.index(column) == Header::kNone) {
        return usage(opened.path + " has no column '" + column + "', which the mapping names");
      }
    }
    for (const auto& field : row) {
      if (!named.contains(field.text)) {
        return usage(at(opened.path, field.place) + "column '" + field.text +
                     "' is not in the mapping: use it, or list it under drop or ignore");
      }
    }
    return {};
  }

  static std::string at(const std::string& path, Place place) {
    return path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
  }

  Problem run_step(const Step& step) {
    OpenedSource& source = opened_[step.source];
    std::ifstream in(source.path, std::ios::binary);
    if (!in) return environment("cannot read " + source.path);
    CsvReader reader(in, mapping_.sources[step.source].delimiter);
    CsvRow row;
    if (!reader.next(row)) return environment(source.path + " changed while it was read");

    const bool first_pass = !source.counted;
    std::unordered_set<std::string> seen;
    std::uint64_t row_number = 0;
    while (!report_.stopped) {
      const auto read = reader.next(row);
      if (read.ok() && !*read) break;
      ++row_number;
      if (first_pass) ++report_.rows;
      if (options_.progress && in.good()) {
        options_.progress(step.command->name, done_bytes_ + static_cast<std::uint64_t>(in.tellg()),
                          total_bytes_);
      }
      if (const auto broken = shape_problem(read, row, source.header)) {
        if (first_pass) refuse(source.path, broken->place, broken->message);
        continue;
      }
      if (first_pass) count_dropped(mapping_.sources[step.source], source.header, row);
      if (!wanted(step, source.header, row, seen)) continue;
      if (auto problem = send_row(step, source, row, row_number)) return problem;
    }
    source.counted = true;
    done_bytes_ += source.bytes;
    return {};
  }

  static std::optional<CsvError> shape_problem(const Result<bool, CsvError>& read,
                                               const CsvRow& row, const Header& header) {
    if (!read) return read.error();
    if (row.size() == header.columns().size()) return std::nullopt;
    return CsvError{row.front().place, "has " + std::to_string(row.size()) +
                                           " values, the header " +
                                           std::to_string(header.columns().size())};
  }

  void count_dropped(const Source& source, const Header& header, const CsvRow& row) {
    for (const auto& column : source.drop) {
      auto& count = report_.identifiers_dropped[source.file + ":" + column];
      if (!mapping_.is_blank(row[header.index(column)].text)) ++count;
    }
  }

  bool wanted(const Step& step, const Header& header, const CsvRow& row,
              std::unordered_set<std::string>& seen) const {
    if (step.when) {
      const auto& text = row[header.index(step.when->column)].text;
      if (step.when->is ? text != *step.when->is : mapping_.is_blank(text)) return false;
    }
    return step.once_per.empty() || seen.insert(row[header.index(step.once_per)].text).second;
  }

  void refuse(const std::string& path, Place place, const std::string& reason) {
    report_.refuse({path, place, reason});
    report_.stopped = options_.strict;
  }

  Problem send_row(const Step& step, const OpenedSource& source, const CsvRow& row,
                   std::uint64_t row_number) {
    auto built = builder_.build(step, source.header, row, row_number);
    if (!built) {
      refuse(source.path, built.error().place, built.error().reason);
      return {};
    }
    ++report_.commands;
    if (sender_ == nullptr) return {};
    const auto reply = sender_->send({.method = step.command->method,
                                      .path = std::move(built->path),
                                      .request_id = request_id(step, source, row_number),
                                      .body = std::move(built->body),
                                      .stream = built->stream,
                                      .name = step.command->name});
    if (!reply) {
      return environment(reply.error().message + "; run the import again: it goes on from here");
    }
    if (reply->status == 401 || reply->status == 403) {
      return environment("the server refuses this token: " + reply->problem);
    }
    if (reply->status >= 200 && reply->status < 300) {
      ++(reply->replayed ? report_.replayed : report_.accepted);
    } else {
      refuse(source.path, row.front().place,
             std::string(step.command->name) + ": " + reply->problem);
    }
    return {};
  }

  std::string request_id(const Step& step, const OpenedSource& source,
                         std::uint64_t row_number) const {
    Sha256 hash;
    hash.add(source.hash + "\n" + mapping_.dataset + "\n" + std::string(step.command->name) + "\n" +
             std::to_string(step.occurrence) + "\n" + std::to_string(row_number));
    return "import-" + hash.hex().substr(0, 32);
  }

  const Mapping& mapping_;
  Sender* sender_;
  const ImportOptions& options_;
  KeyTable keys_;
  RowBuilder builder_;
  ImportReport report_;
  std::vector<OpenedSource> opened_;
  std::uint64_t done_bytes_ = 0;
  std::uint64_t total_bytes_ = 0;
};

}  // namespace

Result<ImportReport, ImportError> import_files(const Mapping& mapping, const PseudonymKey& key,
                                               const std::vector<std::string>& files,
                                               Sender* sender, const ImportOptions& options) {
  return Import(mapping, key, sender, options).run(files);
}

}  // namespace pim::data
