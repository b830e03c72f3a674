// What a fault disk does to the operations of the processes that use it: the rules in force.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "chaos/instrument/instrument.h"

namespace pim::chaos {

enum class DiskOperation : std::uint8_t {
  read,   // of bytes that are not in the page cache
  write,  // of bytes
  sync,   // fsync, fdatasync, of files and directories
  name,   // create, rename, link, remove, truncate
};

// Thread-safe.
class DiskRules final : public Instrument {
 public:
  Result<RuleId, std::string> add(std::string_view kind, const ParameterTexts& texts) override;
  void remove(RuleId rule) override;
  std::uint64_t hits(RuleId rule) override;

  // To be called before an operation on the file at `path` (from the disk's root, without a slash
  // before it). Takes as long as the rules say; the errno to fail with, or 0. `growth`: the bytes
  // that the operation takes of the free space.
  int before(DiskOperation operation, const std::string& path, std::uint64_t growth = 0);

  // What a rule says is free; nothing where none does.
  std::optional<std::uint64_t> free_bytes() const;

 private:
  struct Rule;

  mutable std::mutex mutex_;
  std::condition_variable removed_;
  std::map<RuleId, std::shared_ptr<Rule>> rules_;  // guarded by mutex_, as what is in them
  RuleId next_ = 1;                                // guarded by mutex_
};

}  // namespace pim::chaos
