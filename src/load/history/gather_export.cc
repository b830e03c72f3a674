#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "load/history/gather.h"

namespace pim::load {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kChunk = 16UL * 1024 * 1024;
constexpr std::size_t kMaxLine = 256UL * 1024;

// The fields of a record, asked for in the order in which they are written: then each is found
// where the one before it ended.
class RecordFields {
 public:
  explicit RecordFields(ondemand::object object) : object_(object) {}

  bool text(const char* name, std::string_view& value) {
    return object_[name].get_string().get(value) == simdjson::SUCCESS;
  }
  std::uint64_t number(const char* name) {
    std::uint64_t value = 0;
    if (object_[name].get_uint64().get(value) != simdjson::SUCCESS) missing_ = true;
    return value;
  }
  StreamKey stream(const char* name) {
    std::string_view value;
    const auto id = text(name, value) ? Uuid::parse(value) : std::nullopt;
    if (!id) missing_ = true;
    return id ? stream_key(*id) : 0;
  }
  bool has(const char* name) { return object_[name].error() == simdjson::SUCCESS; }
  bool complete() const { return !missing_; }

 private:
  ondemand::object object_;
  bool missing_ = false;
};

// The first 16 digits of a hexadecimal digest.
std::uint64_t digest_prefix(std::string_view hex) {
  std::uint64_t prefix = 0;
  std::from_chars(hex.data(), hex.data() + std::min<std::size_t>(hex.size(), 16), prefix, 16);
  return prefix;
}

// What is wrong with a line; empty: nothing.
class RecordReader {
 public:
  RecordReader(ExportRows& rows, std::vector<PositionRun>& runs) : rows_(rows), runs_(runs) {}

  // `capacity` bytes may be read from its beginning.
  std::string_view read(const char* line, std::size_t length, std::size_t capacity,
                        std::uint64_t offset) {
    ondemand::document document;
    ondemand::object object;
    if (parser_.iterate(line, length, capacity).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS) {
      return "not an audit record";
    }
    RecordFields fields(object);
    std::string_view kind;
    if (!fields.text("kind", kind)) {
      // The first line of each journal segment names the segment and has no kind.
      return fields.has("segment") ? "" : "not an audit record";
    }
    if (kind == "event") return event(fields, offset);
    if (kind == "receipt") return receipt(fields);
    return "";
  }

 private:
  // A missing user or request is a finding of the check, not an error of the file.
  static std::uint64_t take_user(RecordFields& fields) {
    std::string_view who;
    return fields.text("who", who) && !who.empty() ? user_key(who) : 0;
  }
  static std::uint64_t take_request(RecordFields& fields, std::uint64_t user) {
    std::string_view id;
    return fields.text("request_id", id) && !id.empty() && user != 0 ? request_key(user, id) : 0;
  }

  std::string_view event(RecordFields& fields, std::uint64_t offset) {
    EventRow row;
    row.line = offset;
    row.user = take_user(fields);
    std::string_view what;
    fields.text("what", what);
    row.retires = what == "provider-retired" || what == "facility-retired";
    const bool refers = what == "encounter-admitted" || what == "encounter-transferred" ||
                        what == "procedure-recorded" || what == "medication-prescribed" ||
                        what == "provider-registered" || what == "provider-amended";
    row.stream = fields.stream("stream");
    row.request = take_request(fields, row.user);
    row.version = fields.number("version");
    row.bucket = static_cast<std::uint16_t>(fields.number("bucket"));
    row.position = fields.number("position");
    if (!fields.complete()) return "an event without its stream, version, bucket or position";
    rows_.events.add(row);
    note_position(row);
    if (!refers) return "";
    refer(fields, "provider", "provider_version", offset);
    refer(fields, "facility", "facility_version", offset);
    return fields.complete() ? "" : "an event that refers to something without an id or a version";
  }

  void refer(RecordFields& fields, const char* id, const char* version, std::uint64_t offset) {
    if (!fields.has(id)) return;
    ReferenceRow row;
    row.stream = fields.stream(id);
    row.version = fields.number(version);
    row.line = offset;
    rows_.references.add(row);
  }

  std::string_view receipt(RecordFields& fields) {
    ReceiptRow row;
    const auto user = take_user(fields);
    row.stream = fields.stream("stream");
    row.request = take_request(fields, user);
    row.status = static_cast<std::uint16_t>(fields.number("status"));
    row.version = fields.number("version");
    row.position = fields.number("last_position");
    row.epoch = fields.number("epoch");
    std::string_view fingerprint;
    if (!fields.text("fingerprint", fingerprint) || !fields.complete()) {
      return "a receipt without its stream, status, version, place or fingerprint";
    }
    row.fingerprint = digest_prefix(fingerprint);
    rows_.receipts.add(row);
    return "";
  }

  void note_position(const EventRow& row) {
    if (!runs_.empty() && runs_.back().bucket == row.bucket &&
        runs_.back().last + 1 == row.position) {
      ++runs_.back().last;
    } else {
      runs_.push_back({row.bucket, row.position, row.position, row.line});
    }
  }

  ondemand::parser parser_;
  ExportRows& rows_;
  std::vector<PositionRun>& runs_;
};

}  // namespace

Result<ExportFile, std::string> ExportFile::open(const std::string& file) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about{};
  if (!fd || ::fstat(fd.get(), &about) != 0) return Err{system_error("open " + file, errno)};
  const UtcMillis written_at{about.st_mtim.tv_sec * 1000 + about.st_mtim.tv_nsec / 1'000'000};
  return ExportFile(file, std::move(fd), static_cast<std::uint64_t>(about.st_size), written_at);
}

std::size_t ExportFile::chunks() const { return (size_ + kChunk - 1) / kChunk; }

// Fewer than asked for at the file's end, or where it cannot be read.
std::size_t ExportFile::read(std::uint64_t offset, char* bytes, std::size_t count) const {
  std::size_t done = 0;
  while (done < count) {
    const auto got =
        ::pread(file_.get(), bytes + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<std::vector<PositionRun>, std::string> ExportFile::gather(std::size_t chunk,
                                                                 ExportRows& rows) const {
  // From one byte earlier: a line end there says that a line begins with the chunk.
  const std::uint64_t begin = chunk == 0 ? 0 : chunk * kChunk - 1;
  const std::uint64_t end = std::min<std::uint64_t>(size_, (chunk + 1) * kChunk);
  const std::size_t wanted = std::min<std::uint64_t>(size_, end + kMaxLine) - begin;
  std::vector<char> buffer(wanted + simdjson::SIMDJSON_PADDING);
  const std::size_t got = read(begin, buffer.data(), wanted);
  if (got < wanted) return Err{path_ + ": cannot be read at byte " + std::to_string(begin + got)};

  std::vector<PositionRun> runs;
  RecordReader reader(rows, runs);
  const char* const first = buffer.data();
  const char* const last = first + got;
  const char* at = first;
  if (chunk > 0) {
    const auto* line_end = static_cast<const char*>(std::memchr(at, '\n', got));
    at = line_end == nullptr ? last : line_end + 1;
  }
  while (at < first + (end - begin)) {
    const auto left = static_cast<std::size_t>(last - at);
    const std::uint64_t offset = begin + static_cast<std::uint64_t>(at - first);
    const auto* line_end = static_cast<const char*>(std::memchr(at, '\n', left));
    const std::string_view wrong = line_end == nullptr
                                       ? "the export is cut off"
                                       : reader.read(at, static_cast<std::size_t>(line_end - at),
                                                     left + simdjson::SIMDJSON_PADDING, offset);
    if (!wrong.empty()) {
      return Err{path_ + ":" + std::to_string(line_number(offset)) + ": " + std::string(wrong)};
    }
    at = line_end + 1;
  }
  return runs;
}

std::uint64_t ExportFile::line_number(std::uint64_t offset) const {
  std::array<char, 64 * 1024> bytes{};
  std::uint64_t number = 1;
  for (std::uint64_t at = 0; at < offset;) {
    const auto got = read(at, bytes.data(), std::min<std::uint64_t>(bytes.size(), offset - at));
    if (got == 0) break;
    number += static_cast<std::uint64_t>(std::count(bytes.data(), bytes.data() + got, '\n'));
    at += got;
  }
  return number;
}

std::string ExportFile::line(std::uint64_t begin) const {
  std::string text(std::min<std::uint64_t>(kMaxLine, size_ - begin), '\0');
  text.resize(read(begin, text.data(), text.size()));
  text.resize(std::min(text.size(), text.find('\n')));
  return text;
}

}  // namespace pim::load
