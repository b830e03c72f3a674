// Signed heads, kept outside the data directory: who rewrites a store and all of its hashes cannot
// rewrite these. docs/formats/anchor.md describes the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/event_store.h"

namespace pim::store {

// A bucket's head as it stood at a time.
struct Anchor {
  NodeId node;  // who signed
  UtcMillis time;
  BucketId bucket;
  Epoch epoch;
  std::uint64_t next_position = 1;
  Digest chain_hash;
  bool operator==(const Anchor&) const = default;
};

// A symmetric key: at least 32 bytes, in a file as hexadecimal text.
class AnchorKey {
 public:
  static StoreResult<AnchorKey> load(const std::string& file);
  // With 32 random bytes and mode 0600 where the file is absent.
  static StoreResult<AnchorKey> load_or_create(const std::string& file);
  static StoreResult<AnchorKey> from_hex(std::string_view hex);

  Digest sign(std::string_view message) const { return hmac_sha256(bytes_, message); }

 private:
  explicit AnchorKey(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

// One line of the file, without its line feed.
std::string to_line(const Anchor& anchor, const AnchorKey& key);
// `corrupt` where the line is not exactly what to_line() would write under this key.
StoreResult<Anchor> from_line(std::string_view line, const AnchorKey& key);

struct AnchorFile {
  std::vector<Anchor> anchors;  // in the order of the file
  bool torn_tail = false;       // the last line was cut short by a crash, and is not in `anchors`
};
// `corrupt` names the first line that does not verify. An absent file has no anchors.
StoreResult<AnchorFile> read_anchors(const std::string& file, const AnchorKey& key);

// Appends to a file what changed since its last anchors. One thread at a time.
class AnchorLog {
 public:
  // Creates the directory and the file where absent; cuts a torn tail off.
  static StoreResult<AnchorLog> open(std::string file, AnchorKey key, NodeId node);

  // Synced when it returns. How many heads it wrote: those that ever moved, and did since.
  StoreResult<std::size_t> write(const std::vector<BucketHead>& heads, UtcMillis now);

 private:
  AnchorLog(std::string file, AnchorKey key, NodeId node)
      : file_(std::move(file)), key_(std::move(key)), node_(node), last_(kBuckets) {}

  std::string file_;
  AnchorKey key_;
  NodeId node_;
  std::vector<Anchor> last_;  // by bucket
};

}  // namespace pim::store
