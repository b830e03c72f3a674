#include "store/sqlite/manifest.h"

#include <charconv>
#include <fstream>
#include <map>
#include <string_view>
#include <vector>

#include "store/sqlite/files.h"

namespace pim::store::sqlite {
namespace {

constexpr std::string_view kTitle = "pim-store-backup 1";

std::string path_in(const std::string& directory) { return directory + "/MANIFEST"; }

Err<StoreError> unreadable(const std::string& path, const std::string& why) {
  return Err{StoreError{StoreErrorKind::rejected, path + " " + why + ": not a complete backup"}};
}

}  // namespace

StoreResult<void> write_manifest(const std::string& directory, const Manifest& manifest) {
  Files& files = posix_files();
  const std::string path = path_in(directory);
  const std::string unfinished = path + ".new";
  {
    std::ofstream out(unfinished, std::ios::trunc);
    out << kTitle << "\nschema_version " << manifest.schema_version << "\nnode "
        << manifest.node.to_string() << "\ncreated " << manifest.created.to_string()
        << "\nfile events.db\nbytes " << manifest.bytes << "\nsha256 " << manifest.sha256.to_hex()
        << "\nevents " << manifest.events << "\nreceipts " << manifest.receipts << "\n";
    out.flush();
    if (!out) {
      return Err{StoreError{StoreErrorKind::unavailable, "writing " + unfinished + " failed"}};
    }
  }
  if (auto synced = files.sync_file(unfinished); !synced) return synced;
  if (auto named = files.rename(unfinished, path); !named) return named;
  return files.sync_directory(directory);
}

StoreResult<Manifest> read_manifest(const std::string& directory) {
  const std::string path = path_in(directory);
  std::ifstream in(path);
  if (!in) return unreadable(path, "is missing");
  std::string line;
  if (!std::getline(in, line) || line != kTitle) return unreadable(path, "has another format");
  std::map<std::string, std::string> members;
  while (std::getline(in, line)) {
    const std::size_t space = line.find(' ');
    if (space != std::string::npos) members[line.substr(0, space)] = line.substr(space + 1);
  }
  bool whole = true;
  const auto integer = [&](const char* name) {
    const std::string& text = members[name];
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    whole = whole && error == std::errc{} && end == text.data() + text.size();
    return value;
  };
  Manifest manifest;
  manifest.schema_version = static_cast<std::int64_t>(integer("schema_version"));
  manifest.bytes = integer("bytes");
  manifest.events = integer("events");
  manifest.receipts = integer("receipts");
  const auto node = NodeId::parse(members["node"]);
  const auto created = UtcMillis::parse(members["created"]);
  const auto digest = Digest::from_hex(members["sha256"]);
  if (!whole || !node || !created || !digest) return unreadable(path, "is incomplete");
  manifest.node = *node;
  manifest.created = *created;
  manifest.sha256 = *digest;
  return manifest;
}

StoreResult<Digest> sha256_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> buffer(std::size_t{1} << 20);
  Sha256 hash;
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.update({buffer.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (!in.eof()) return Err{StoreError{StoreErrorKind::unavailable, "reading " + path + " failed"}};
  return hash.finish();
}

}  // namespace pim::store::sqlite
