#include "audit/segment.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "audit/record_json.h"

namespace pim::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "journal-";
constexpr std::string_view kSuffix = ".log";
constexpr std::size_t kDigits = 6;
constexpr std::size_t kMaxLine = 64 * 1024;
constexpr std::size_t kReadBytes = 256 * 1024;

constexpr std::string_view kPrev = ",\"prev\":\"";
constexpr std::string_view kHash = "\",\"hash\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kSealBytes =
    kPrev.size() + kHexDigits + kHash.size() + kHexDigits + kEnd.size();

std::optional<std::uint64_t> number_field(std::string_view line, std::string_view name) {
  std::string key = "\"";
  key += name;
  key += "\":";
  const std::size_t found = line.find(key);
  if (found == std::string_view::npos) return std::nullopt;
  const char* begin = line.data() + found + key.size();
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(begin, line.data() + line.size(), value);
  if (error != std::errc{} || stop == begin) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> segment_number(const std::string& name) {
  const std::string_view text = name;
  if (text.size() != kPrefix.size() + kDigits + kSuffix.size()) return std::nullopt;
  if (!text.starts_with(kPrefix) || !text.ends_with(kSuffix)) return std::nullopt;
  const std::string_view digits = text.substr(kPrefix.size(), kDigits);
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string segment_path(const std::string& directory, std::uint32_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < kDigits) digits.insert(0, kDigits - digits.size(), '0');
  std::string path = directory;
  path += '/';
  path += kPrefix;
  path += digits;
  path += kSuffix;
  return path;
}

std::string cut_path(const std::string& segment_path) {
  return segment_path.substr(0, segment_path.size() - kSuffix.size()) + ".cut";
}

std::vector<SegmentFile> list_segments(const std::string& directory) {
  std::vector<SegmentFile> segments;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (const auto number = segment_number(entry.path().filename().string())) {
      segments.push_back({*number, entry.path().string()});
    }
  }
  std::sort(segments.begin(), segments.end(),
            [](const SegmentFile& a, const SegmentFile& b) { return a.number < b.number; });
  return segments;
}

std::vector<std::string> list_journals(const std::string& directory) {
  std::vector<std::string> journals;
  if (directory.empty()) return journals;
  if (!list_segments(directory).empty()) journals.push_back(directory);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.is_directory(error) && !list_segments(entry.path().string()).empty()) {
      journals.push_back(entry.path().string());
    }
  }
  std::sort(journals.begin(), journals.end());
  return journals;
}

void seal_record(std::string& line, const store::Digest& prev, store::Digest& hash) {
  line += kPrev;
  line += prev.to_hex();
  line += '"';
  hash = store::sha256(line);
  line += kHash.substr(1);
  line += hash.to_hex();
  line += kEnd;
}

std::optional<SealedRecord> open_record(std::string_view line) {
  if (line.size() <= kSealBytes || line.front() != '{') return std::nullopt;
  const std::size_t body = line.size() - kSealBytes;
  const std::size_t prev = body + kPrev.size();
  const std::size_t hash_key = prev + kHexDigits;
  const std::size_t hash = hash_key + kHash.size();
  if (line.substr(body, kPrev.size()) != kPrev || line.substr(hash_key, kHash.size()) != kHash ||
      line.substr(hash + kHexDigits) != kEnd) {
    return std::nullopt;
  }
  const auto prev_digest = store::Digest::from_hex(line.substr(prev, kHexDigits));
  const auto hash_digest = store::Digest::from_hex(line.substr(hash, kHexDigits));
  if (!prev_digest || !hash_digest) return std::nullopt;
  SealedRecord record;
  record.body = line.substr(0, body);
  record.prev = *prev_digest;
  record.hash = *hash_digest;
  record.intact = store::sha256(line.substr(0, hash_key + 1)) == record.hash;
  return record;
}

std::string header_line(const SegmentHeader& header) {
  std::string line;
  RecordWriter writer(line);
  writer.number("format", 1);
  writer.number("segment", header.segment);
  writer.uuid("node", header.node.value);
  writer.time("at", header.at);
  writer.number("first_seq", header.first_seq);
  return line;
}

std::optional<SegmentHeader> parse_header(std::string_view line) {
  if (!line.starts_with("{\"format\":1,")) return std::nullopt;
  const auto segment = number_field(line, "segment");
  const auto node = NodeId::parse(text_field(line, "node"));
  const auto at = UtcMillis::parse(text_field(line, "at"));
  const auto first_seq = number_field(line, "first_seq");
  if (!segment || !node || !at || !first_seq) return std::nullopt;
  return SegmentHeader{static_cast<std::uint32_t>(*segment), *node, *at, *first_seq};
}

std::optional<std::uint64_t> sequence_of(std::string_view line) {
  if (!line.starts_with("{\"seq\":")) return std::nullopt;
  return number_field(line, "seq");
}

std::optional<LineReader> LineReader::open(const std::string& path) {
  LineReader reader;
  reader.file_.reset(std::fopen(path.c_str(), "rbe"));
  if (!reader.file_) return std::nullopt;
  return reader;
}

bool LineReader::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t held = buffer_.size();
  buffer_.resize(held + kReadBytes);
  const std::size_t got = std::fread(buffer_.data() + held, 1, kReadBytes, file_.get());
  buffer_.resize(held + got);
  return got > 0;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  for (;;) {
    const std::string_view held = std::string_view(buffer_).substr(begin_);
    std::size_t feed = held.find('\n', searched);
    const bool piece = feed == std::string_view::npos && held.size() >= kMaxLine;
    if (piece) feed = kMaxLine;
    if (feed != std::string_view::npos) {
      line = held.substr(0, feed);
      offset_ = next_offset_;
      const std::size_t used = piece ? feed : feed + 1;
      begin_ += used;
      next_offset_ += used;
      return true;
    }
    searched = held.size();
    if (fill()) continue;
    line = std::string_view(buffer_).substr(begin_);
    if (line.empty()) return false;
    torn_ = true;
    offset_ = next_offset_;
    next_offset_ += line.size();
    begin_ = buffer_.size();
    return true;
  }
}

}  // namespace pim::audit
