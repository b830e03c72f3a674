#include "audit/journal_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "store/sqlite/descriptor.h"

namespace pim::audit {
namespace {

namespace fs = std::filesystem;
using store::sqlite::Descriptor;

JournalError cannot(const std::string& doing, const std::string& path) {
  return {"cannot " + doing + " " + path};
}

// Reads one segment into `tail`. False where not even its header holds.
bool read_segment(const SegmentFile& segment, JournalTail& tail) {
  auto reader = LineReader::open(segment.path);
  if (!reader) return false;
  std::string_view line;
  bool any = false;
  while (reader->next(line) && !reader->torn()) {
    const auto record = open_record(line);
    if (!record || !record->intact || (any && record->prev != tail.hash)) break;
    if (!any) {
      const auto header = parse_header(line);
      if (!header) return false;
      tail.node = header->node;
      tail.next_seq = header->first_seq;
      any = true;
    } else {
      if (sequence_of(line) != tail.next_seq) break;
      ++tail.next_seq;
    }
    tail.hash = record->hash;
    tail.good_bytes = reader->offset() + line.size() + 1;
  }
  return any;
}

}  // namespace

Result<JournalTail, JournalError> read_tail(const std::string& directory) {
  const auto segments = list_segments(directory);
  JournalTail tail;
  if (segments.empty()) return tail;
  std::error_code error;
  tail.segment = segments.back().number;
  tail.total_bytes = fs::file_size(segments.back().path, error);
  if (error) return Err{cannot("read", segments.back().path)};
  if (read_segment(segments.back(), tail)) return tail;
  // Begun, but its header never got to the disk: the chain goes on from the segment before.
  if (segments.size() > 1) (void)read_segment(segments[segments.size() - 2], tail);
  tail.good_bytes = 0;
  return tail;
}

Result<store::Digest, JournalError> cut_tail(const std::string& directory,
                                             const JournalTail& tail) {
  const std::string path = segment_path(directory, tail.segment);
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(tail.good_bytes));
  std::ostringstream rest;
  rest << in.rdbuf();
  const std::string bytes = rest.str();

  const std::string kept = cut_path(path);
  const Descriptor out(
      ::open(kept.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!out ||
      ::write(out.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
      ::fsync(out.get()) != 0) {
    return Err{cannot("keep the torn end of the journal in", kept)};
  }
  const Descriptor segment(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!segment || ::ftruncate(segment.get(), static_cast<off_t>(tail.good_bytes)) != 0 ||
      ::fsync(segment.get()) != 0) {
    return Err{cannot("cut the torn end off", path)};
  }
  return store::sha256(bytes);
}

}  // namespace pim::audit
