#include "data/importer.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <unordered_set>

#include "data/column_match.h"
#include "data/privacy/identifiers.h"
#include "data/row_builder.h"
#include "data/sha256.h"
#include "data/source_file.h"
#include "data/turns.h"
#include "telemetry/scoped_span.h"

namespace pim::data {
namespace {

namespace fs = std::filesystem;
using Problem = std::optional<ImportError>;

// The commands of a step, so many to a span: a long import is not one row after another there.
class BatchSpans {
 public:
  // Before a command is sent: its request is a part of the batch.
  void begin() {
    if (!span_) span_.emplace("import batch");
  }
  void sent(const SendReply& reply) {
    const bool accepted = reply.status >= 200 && reply.status < 300;
    ++(!accepted ? refused_ : reply.replayed ? replayed_ : accepted_);
    if (accepted_ + replayed_ + refused_ == kCommands) end();
  }
  void fail(std::string_view why) {
    if (span_) span_->fail(why);
  }
  void end() {
    if (!span_) return;
    span_->set("pim.commands", accepted_ + replayed_ + refused_);
    span_->set("pim.commands.accepted", accepted_);
    span_->set("pim.commands.replayed", replayed_);
    span_->set("pim.commands.refused", refused_);
    if (refused_ > 0) span_->fail(std::to_string(refused_) + " refused");
    span_.reset();
    accepted_ = replayed_ = refused_ = 0;
  }

 private:
  static constexpr std::uint64_t kCommands = 1000;
  std::optional<telemetry::ScopedSpan> span_;
  std::uint64_t accepted_ = 0;
  std::uint64_t replayed_ = 0;
  std::uint64_t refused_ = 0;
};

// A source's file and what the steps over it need.
struct OpenedSource {
  SourceFile file;
  Header header;
  std::vector<std::string> replaced;  // key columns that look like identifiers
  bool counted = false;               // its rows and dropped values are in the report
};

class Import {
 public:
  Import(const Mapping& mapping, const PseudonymKey& key, Sender* sender,
         const ImportOptions& options)
      : mapping_(mapping), sender_(sender), options_(options), builder_(mapping_, key, keys_) {
    report_.dry_run = sender == nullptr;
  }

  Result<ImportReport, ImportError> run(const std::vector<std::string>& files) {
    Problem problem = open_sources(files);
    if (!problem) problem = run_steps();
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

  // The file of each source, by its base name; `patients.json` serves for `patients.csv`.
  Problem find_files(const std::vector<std::string>& files, std::vector<std::string>& paths) {
    for (const auto& file : files) {
      const auto fits = [name = fs::path(file).filename().string()](const Source& source) {
        return same_but_for_format(name, source.file);
      };
      if (std::ranges::none_of(mapping_.sources, fits)) {
        return usage("the mapping has no source for " + file);
      }
    }
    for (const auto& source : mapping_.sources) {
      const std::string* found = nullptr;
      for (const auto& file : files) {
        if (!same_but_for_format(fs::path(file).filename().string(), source.file)) continue;
        if (found != nullptr) return usage(*found + " and " + file + " are both " + source.file);
        found = &file;
      }
      if (found == nullptr) return usage("the mapping also wants " + source.file);
      paths.push_back(*found);
    }
    return {};
  }

  Problem open_sources(const std::vector<std::string>& files) {
    std::vector<std::string> paths;
    if (auto problem = find_files(files, paths)) return problem;
    const auto size_of = [&](std::size_t source) {
      std::error_code ignored;
      const auto size = fs::file_size(paths[source], ignored);
      return ignored ? 0 : static_cast<std::uint64_t>(size);
    };
    for (std::size_t i = 0; i < paths.size(); ++i) total_bytes_ += size_of(i);
    for (const auto& step : mapping_.steps) total_bytes_ += size_of(step.source);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (auto problem = open_one(i, paths[i])) return problem;
    }
    return {};
  }

  // A file's name is anybody's text: its number stands for it.
  Problem open_one(std::size_t source, const std::string& path) {
    telemetry::ScopedSpan span("read file");
    span.set("pim.import.file", source + 1);
    auto file =
        open_source(mapping_, source, path, [this](std::uint64_t done) { show("reading", done); });
    if (!file) {
      span.fail(file.error().unreadable ? "unreadable" : "not as the mapping says");
      return file.error().unreadable ? environment(file.error().message)
                                     : usage(file.error().message);
    }
    OpenedSource& opened = opened_.emplace_back();
    opened.file = std::move(*file);
    span.set("pim.bytes", opened.file.bytes);
    opened.header = Header(opened.file.rows->columns());
    for (const auto& column : key_columns(mapping_, source)) {
      if (privacy::looks_like_identifier(column)) opened.replaced.push_back(column);
    }
    for (const auto& note : opened.file.notes) {
      report_.notes.push_back(opened.file.name + ": " + note);
    }
    done_bytes_ += opened.file.bytes;
    return {};
  }

  void show(std::string_view step, std::uint64_t done) const {
    if (options_.progress) options_.progress(step, done_bytes_ + done, total_bytes_);
  }

  // Neighbours that take turns run together, once a turn.
  Problem run_steps() {
    if (const auto& turns = mapping_.turns) take_turns(*turns);
    const auto& steps = mapping_.steps;
    for (auto first = steps.begin(); first != steps.end();) {
      const auto end = first->turn.empty() ? std::next(first)
                                           : std::find_if(first, steps.end(), [](const Step& step) {
                                               return step.turn.empty();
                                             });
      const std::uint32_t turns = first->turn.empty() ? 1 : turns_.count();
      for (std::uint32_t turn = 0; turn < turns; ++turn) {
        for (auto step = first; step != end; ++step) {
          if (report_.stopped) return {};
          if (auto problem = run_step(*step, turn)) return problem;
        }
      }
      first = end;
    }
    return {};
  }

  void take_turns(const TurnRule& rule) {
    OpenedSource& source = opened_[rule.source];
    turns_ = Turns::read(mapping_, rule, source.header, *source.file.rows);
    for (const Step& step : mapping_.steps) {
      if (!step.turn.empty())
        total_bytes_ += (turns_.count() - 1) * opened_[step.source].file.bytes;
    }
  }

  // The table that a step reads is known by its file's number and the command it becomes.
  Problem run_step(const Step& step, std::uint32_t turn) {
    telemetry::ScopedSpan span("import table");
    span.set("pim.import.file", step.source + 1);
    span.set("pim.operation", step.command->name);
    const auto refused_before = report_.refused;
    const auto commands_before = report_.commands;
    auto problem = send_rows(step, turn);
    batch_.end();
    span.set("pim.commands", report_.commands - commands_before);
    if (problem) {
      span.fail("stopped");
    } else if (report_.refused > refused_before) {
      span.fail(std::to_string(report_.refused - refused_before) + " rows refused");
    }
    return problem;
  }

  Problem send_rows(const Step& step, std::uint32_t turn) {
    OpenedSource& source = opened_[step.source];
    RowSource& rows = *source.file.rows;
    const bool first_pass = !source.counted;
    std::unordered_set<std::string> seen;
    std::uint64_t row_number = 0;
    CsvRow row;
    rows.rewind();
    while (!report_.stopped) {
      const auto read = rows.next(row);
      if (read.ok() && !*read) break;
      ++row_number;
      if (first_pass) ++report_.rows;
      show(step.command->name, rows.bytes_read());
      if (!read) {
        if (first_pass) refuse(source, read.error().place, read.error().message);
        continue;
      }
      trim(row);
      if (first_pass) count_identifiers(mapping_.sources[step.source], source, row);
      if (!step.turn.empty() && turns_.of(row[source.header.index(step.turn)].text) != turn)
        continue;
      if (!wanted(step, source.header, row, seen)) continue;
      if (auto problem = send_row(step, source, row, row_number)) return problem;
    }
    source.counted = true;
    done_bytes_ += source.file.bytes;
    return {};
  }

  static void trim(CsvRow& row) {
    for (auto& cell : row) {
      const auto text = trimmed(cell.text);
      if (text.size() != cell.text.size()) cell.text = std::string(text);
    }
  }

  void count_identifiers(const Source& source, const OpenedSource& opened, const CsvRow& row) {
    const auto count = [&](auto& counts, const std::string& column) {
      auto& values = counts[opened.file.name + ":" + column];
      if (!mapping_.is_blank(row[opened.header.index(column)].text)) ++values;
    };
    for (const auto& column : source.drop) count(report_.identifiers_dropped, column);
    for (const auto& column : opened.replaced) count(report_.identifiers_replaced, column);
  }

  bool wanted(const Step& step, const Header& header, const CsvRow& row,
              std::unordered_set<std::string>& seen) const {
    if (step.when && !mapping_.fulfils(*step.when, row[header.index(step.when->column)].text)) {
      return false;
    }
    return step.once_per.empty() || seen.insert(row[header.index(step.once_per)].text).second;
  }

  void refuse(const OpenedSource& source, Place place, const std::string& reason) {
    report_.refuse({source.file.path, place, reason});
    report_.stopped = options_.strict;
  }

  Problem send_row(const Step& step, const OpenedSource& source, const CsvRow& row,
                   std::uint64_t row_number) {
    auto built = builder_.build(step, source.header, row, row_number);
    if (!built) {
      refuse(source, built.error().place, built.error().reason);
      return {};
    }
    ++report_.commands;
    if (sender_ == nullptr) return {};
    batch_.begin();
    const auto reply = sender_->send({.method = step.command->method,
                                      .path = std::move(built->path),
                                      .request_id = request_id(step, source, row_number),
                                      .body = std::move(built->body),
                                      .stream = built->stream,
                                      .name = step.command->name});
    if (!reply) {
      batch_.fail("no answer");
      return environment(reply.error().message + "; run the import again: it goes on from here");
    }
    batch_.sent(*reply);
    if (reply->status == 401 || reply->status == 403) {
      return environment("the server refuses this token: " + reply->problem);
    }
    if (reply->status >= 200 && reply->status < 300) {
      ++(reply->replayed ? report_.replayed : report_.accepted);
    } else {
      refuse(source, row.front().place, std::string(step.command->name) + ": " + reply->problem);
    }
    return {};
  }

  std::string request_id(const Step& step, const OpenedSource& source,
                         std::uint64_t row_number) const {
    Sha256 hash;
    hash.add(source.file.hash + "\n" + mapping_.dataset + "\n" + std::string(step.command->name) +
             "\n" + std::to_string(step.occurrence) + "\n" + std::to_string(row_number));
    // row 1 of another table in the same dump is another row
    if (const auto& table = mapping_.sources[step.source].reading.table; !table.empty()) {
      hash.add("\n" + table);
    }
    return "import-" + hash.hex().substr(0, 32);
  }

  Mapping mapping_;  // with the files' own names for their columns
  Sender* sender_;
  const ImportOptions& options_;
  Turns turns_;
  KeyTable keys_;
  RowBuilder builder_;
  ImportReport report_;
  std::vector<OpenedSource> opened_;
  BatchSpans batch_;
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
