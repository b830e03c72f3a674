#include "store/anchor.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "store/sqlite/descriptor.h"

namespace pim::store {
namespace {

constexpr std::size_t kLeastKey = 32;  // bytes
constexpr std::string_view kSignature = ",\"hmac\":\"";

Err<StoreError> failed(StoreErrorKind kind, std::string message) {
  return Err{StoreError{kind, std::move(message)}};
}
Err<StoreError> failed_call(const char* doing, const std::string& path) {
  return failed(StoreErrorKind::unavailable,
                std::string(doing) + " " + path + ": " + std::generic_category().message(errno));
}

StoreResult<std::string> read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return failed_call("opening", path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return failed_call("reading", path);
  return text;
}

StoreResult<void> append_synced(const std::string& path, std::string_view text) {
  const sqlite::Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file) return failed_call("opening", path);
  while (!text.empty()) {
    const ssize_t wrote = ::write(file.get(), text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed_call("writing", path);
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::fsync(file.get()) != 0) return failed_call("syncing", path);
  return {};
}

std::string directory_of(const std::string& file) {
  const auto parent = std::filesystem::path(file).parent_path();
  return parent.empty() ? "." : parent.string();
}

// The file, and its name in its directory, are durable when it returns.
StoreResult<void> create_synced(const std::string& file, std::string_view content) {
  const std::string directory = directory_of(file);
  std::error_code code;
  std::filesystem::create_directories(directory, code);
  if (code) {
    return failed(StoreErrorKind::unavailable, "creating " + directory + ": " + code.message());
  }
  if (auto made = append_synced(file, content); !made) return made;
  const sqlite::Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return failed_call("syncing", directory);
  return {};
}

std::string signed_part(const Anchor& anchor) {
  std::string out = "{\"node\":\"" + anchor.node.to_string();
  out += "\",\"time\":\"" + anchor.time.to_string();
  out += "\",\"bucket\":" + std::to_string(anchor.bucket.value);
  out += ",\"epoch\":" + std::to_string(anchor.epoch.value);
  out += ",\"next_position\":" + std::to_string(anchor.next_position);
  out += ",\"chain_hash\":\"" + anchor.chain_hash.to_hex() + "\"";
  return out;
}

// Reads the members in the one order in which they are written.
class Members {
 public:
  explicit Members(std::string_view text) : rest_(text) {}

  std::string_view text(std::string_view before) {
    if (!skip(before)) return {};
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) return {};
    const std::string_view value = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return value;
  }
  std::optional<std::uint64_t> integer(std::string_view before) {
    if (!skip(before)) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{}) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

 private:
  bool skip(std::string_view before) {
    if (!rest_.starts_with(before)) return false;
    rest_.remove_prefix(before.size());
    return true;
  }
  std::string_view rest_;
};

std::optional<Anchor> parse(std::string_view line) {
  Members members(line);
  const auto node = NodeId::parse(members.text("{\"node\":\""));
  const auto time = UtcMillis::parse(members.text("\",\"time\":\""));
  const auto bucket = members.integer("\",\"bucket\":");
  const auto epoch = members.integer(",\"epoch\":");
  const auto next = members.integer(",\"next_position\":");
  const auto hash = Digest::from_hex(members.text(",\"chain_hash\":\""));
  if (!node || !time || !bucket || *bucket >= kBuckets || !epoch || !next || !hash) {
    return std::nullopt;
  }
  return Anchor{*node,         *time, BucketId{static_cast<std::uint16_t>(*bucket)},
                Epoch{*epoch}, *next, *hash};
}

}  // namespace

StoreResult<AnchorKey> AnchorKey::from_hex(std::string_view hex) {
  while (!hex.empty() && (hex.back() == '\n' || hex.back() == '\r')) hex.remove_suffix(1);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (error != std::errc{} || end != hex.data() + i + 2) break;
    bytes += static_cast<char>(value);
  }
  if (bytes.size() * 2 != hex.size() || bytes.size() < kLeastKey) {
    return failed(StoreErrorKind::rejected,
                  "an anchor key is at least 64 hexadecimal digits, and nothing else");
  }
  return AnchorKey(std::move(bytes));
}

StoreResult<AnchorKey> AnchorKey::load(const std::string& file) {
  auto text = read_all(file);
  if (!text) return Err{text.error()};
  auto key = from_hex(*text);
  if (!key) return failed(key.error().kind, file + ": " + key.error().message);
  return key;
}

StoreResult<AnchorKey> AnchorKey::load_or_create(const std::string& file) {
  if (::access(file.c_str(), F_OK) == 0) return load(file);
  Digest random;
  if (RAND_bytes(random.bytes.data(), static_cast<int>(random.bytes.size())) != 1) {
    return failed(StoreErrorKind::unavailable, "no random bytes for an anchor key");
  }
  if (auto made = create_synced(file, random.to_hex() + "\n"); !made) return Err{made.error()};
  return load(file);
}

std::string to_line(const Anchor& anchor, const AnchorKey& key) {
  std::string line = signed_part(anchor);
  const std::string signature = key.sign(line).to_hex();
  return line.append(kSignature).append(signature).append("\"}");
}

StoreResult<Anchor> from_line(std::string_view line, const AnchorKey& key) {
  const std::size_t split = line.rfind(kSignature);
  if (split == std::string_view::npos) return failed(StoreErrorKind::corrupt, "not an anchor");
  const auto anchor = parse(line.substr(0, split));
  if (!anchor) return failed(StoreErrorKind::corrupt, "not an anchor");
  const std::string expected = to_line(*anchor, key);
  const bool same = expected.size() == line.size() &&
                    CRYPTO_memcmp(expected.data(), line.data(), line.size()) == 0;
  if (!same) return failed(StoreErrorKind::corrupt, "not signed with this key, or changed since");
  return *anchor;
}

StoreResult<AnchorFile> read_anchors(const std::string& file, const AnchorKey& key) {
  AnchorFile result;
  if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) return result;
  auto text = read_all(file);
  if (!text) return Err{text.error()};
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
      result.torn_tail = true;
      break;
    }
    auto anchor = from_line(rest.substr(0, end), key);
    if (!anchor) {
      return failed(StoreErrorKind::corrupt,
                    file + ", line " + std::to_string(number) + ": " + anchor.error().message);
    }
    result.anchors.push_back(*anchor);
    rest.remove_prefix(end + 1);
  }
  return result;
}

StoreResult<AnchorLog> AnchorLog::open(std::string file, AnchorKey key, NodeId node) {
  auto existing = read_anchors(file, key);
  if (!existing) return Err{existing.error()};
  if (existing->torn_tail) {
    auto text = read_all(file);
    if (!text) return Err{text.error()};
    const std::size_t whole = text->rfind('\n') == std::string::npos ? 0 : text->rfind('\n') + 1;
    if (::truncate(file.c_str(), static_cast<off_t>(whole)) != 0) {
      return failed_call("shortening", file);
    }
  }
  if (auto made = create_synced(file, ""); !made) return Err{made.error()};
  AnchorLog log(std::move(file), std::move(key), node);
  for (const Anchor& anchor : existing->anchors) log.last_[anchor.bucket.value] = anchor;
  return log;
}

StoreResult<std::size_t> AnchorLog::write(const std::vector<BucketHead>& heads, UtcMillis now) {
  std::string lines;
  std::vector<Anchor> written;
  for (const BucketHead& head : heads) {
    const Anchor& last = last_[head.bucket.value];
    const bool untouched = head.next_position == 1 && head.epoch.value <= 1;
    const bool unmoved = last.epoch == head.epoch && last.next_position == head.next_position &&
                         last.chain_hash == head.chain_hash;
    if (untouched || unmoved) continue;
    written.push_back({node_, now, head.bucket, head.epoch, head.next_position, head.chain_hash});
    lines += to_line(written.back(), key_) + "\n";
  }
  if (written.empty()) return std::size_t{0};
  if (auto appended = append_synced(file_, lines); !appended) return Err{appended.error()};
  for (const Anchor& anchor : written) last_[anchor.bucket.value] = anchor;
  return written.size();
}

}  // namespace pim::store
