// The files of a journal, and the chain that runs through them (docs/formats/journal.md).
//
// A directory holds one journal: journal-000001.log, journal-000002.log ... Each line is a record;
// the first of a segment names the node and continues the chain of the segment before. What was cut
// off a segment's torn end is kept beside it, in journal-000001.cut.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.h"
#include "store/digest.h"

namespace pim::audit {

struct SegmentFile {
  std::uint32_t number = 0;  // from 1, gap-free
  std::string path;
};

std::string segment_path(const std::string& directory, std::uint32_t number);
std::string cut_path(const std::string& segment_path);

// The segments of one directory, oldest first; empty where it has none or is absent.
std::vector<SegmentFile> list_segments(const std::string& directory);

// The directory itself and those right below it that hold segments: a journal of one node each.
std::vector<std::string> list_journals(const std::string& directory);

// A record ends with `,"prev":"<64 hex>","hash":"<64 hex>"}`. The hash is SHA-256 over all of the
// line before `,"hash":`.
void seal_record(std::string& line, const store::Digest& prev, store::Digest& hash);

struct SealedRecord {
  std::string_view body;  // the line up to `,"prev":`
  store::Digest prev;
  store::Digest hash;
  bool intact = false;  // the hash is the line's
};
// nullopt: the line does not end as a sealed record does.
std::optional<SealedRecord> open_record(std::string_view line);

// The first record of a segment.
struct SegmentHeader {
  std::uint32_t segment = 0;
  NodeId node;
  UtcMillis at;                 // when it was begun
  std::uint64_t first_seq = 1;  // the number of the first entry in it
};
std::string header_line(const SegmentHeader& header);  // unsealed: without prev, hash and `}`
std::optional<SegmentHeader> parse_header(std::string_view line);

// A record's number in its journal, from 1 and gap-free over all segments; headers have none.
std::optional<std::uint64_t> sequence_of(std::string_view line);

// Reads lines one after another, in bounded memory: a line over 64 KiB is cut into pieces, none of
// which is a sealed record.
class LineReader {
 public:
  static std::optional<LineReader> open(const std::string& path);
  // Without its line feed. False at the end; a last line without a line feed is torn().
  bool next(std::string_view& line);
  bool torn() const { return torn_; }
  std::uint64_t offset() const { return offset_; }  // of the line that next() gave last

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  bool fill();

  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t next_offset_ = 0;
  bool torn_ = false;
};

}  // namespace pim::audit
