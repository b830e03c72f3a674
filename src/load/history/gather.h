// Both files of the check, as rows in partitions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"
#include "load/history/partitions.h"
#include "load/history/rows.h"

namespace pim::load {

struct GatheredCalls {
  UtcMillis started_at;
  bool sealed = false;
  std::uint64_t calls = 0;
  std::uint64_t elsewhere = 0;       // reads that are not about one stream: only counted
  std::vector<std::uint64_t> users;  // user keys, ascending
};
Result<GatheredCalls, std::string> gather_calls(const std::string& file,
                                                Partitions<CallRow>& calls);

// Consecutive positions of a bucket, one after the other in the export.
struct PositionRun {
  std::uint16_t bucket = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t line = 0;  // of the first
};

struct ExportRows {
  Partitions<EventRow> events;
  Partitions<ReceiptRow> receipts;
  Partitions<ReferenceRow> references;
};

// What `pim audit export` wrote (docs/formats/audit-record.md), in chunks that are read side by
// side. Journal entries and segment headers are stepped over.
class ExportFile {
 public:
  static Result<ExportFile, std::string> open(const std::string& file);

  std::size_t chunks() const;
  // Thread-safe. Of every line that begins in the chunk. Fails at the first line that is no record,
  // and where the last line has no end; the error names the line.
  Result<std::vector<PositionRun>, std::string> gather(std::size_t chunk, ExportRows& rows) const;

  // The file's last change: it holds the store as it was at this time or before.
  UtcMillis written_at() const { return written_at_; }
  // The text of a line of it.
  std::string line(std::uint64_t begin) const;

 private:
  ExportFile(std::string path, Fd file, std::uint64_t size, UtcMillis written_at)
      : path_(std::move(path)), file_(std::move(file)), size_(size), written_at_(written_at) {}
  std::uint64_t line_number(std::uint64_t offset) const;
  std::size_t read(std::uint64_t offset, char* bytes, std::size_t count) const;

  std::string path_;
  Fd file_;
  std::uint64_t size_;
  UtcMillis written_at_;
};

}  // namespace pim::load
