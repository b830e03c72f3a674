#include "store/sqlite/fault_disk_testing.h"

#include <algorithm>
#include <utility>

namespace pim::store::sqlite {

struct FaultDisk::Change {
  std::uint64_t offset = 0;  // of a write; the new size of a truncation
  std::string data;          // empty: a truncation
};

struct FaultDisk::File {
  std::string name;     // the last it was given
  std::string cached;   // what reads see
  std::string durable;  // what survives
  std::vector<Change> unsynced;
};

struct FaultDisk::NameChange {
  std::string removed;  // empty: none
  std::string added;    // empty: none
  FilePtr file;         // what `added` names
};

namespace {

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

FaultDisk::FaultDisk(std::uint64_t seed) : rng_(seed) {}
FaultDisk::FaultDisk(std::uint64_t seed, const FaultDisk& image) : rng_(seed) {
  const std::lock_guard lock(image.mutex_);
  for (const auto& [path, file] : image.durable_names_) {
    auto copy = std::make_shared<File>();
    copy->name = path;
    copy->durable = file->durable;
    copy->cached = file->durable;
    files_.push_back(copy);
    durable_names_[path] = copy;
  }
  names_ = durable_names_;
}
FaultDisk::~FaultDisk() = default;

bool FaultDisk::enter(bool needs_space, DiskError& error) {
  if (!powered_) {
    error = DiskError::eio;
    return false;
  }
  const bool counts = calls_until_fault_ > 0 && (fault_ == DiskError::eio || needs_space);
  if (counts && --calls_until_fault_ == 0) {
    failed_ = true;
    error = fault_;
    return false;
  }
  error = DiskError::none;
  return true;
}

// True where the change may go on. At the cut it still reaches the cache, to be torn there.
bool FaultDisk::enter_change(DiskError& error, bool needs_space) {
  if (!enter(needs_space, error)) return false;
  if (++changes_ == cut_at_) {
    powered_ = false;
    error = DiskError::eio;
  }
  return true;
}

void FaultDisk::apply(std::string& content, const Change& change) const {
  if (change.data.empty()) {
    content.resize(change.offset);
    return;
  }
  const std::size_t end = change.offset + change.data.size();
  if (content.size() < end) content.resize(end);
  content.replace(change.offset, change.data.size(), change.data);
}

DiskError FaultDisk::open(const std::string& path, bool create, FilePtr& file) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  const auto found = names_.find(path);
  if (found != names_.end()) {
    if (enter(false, error)) file = found->second;
    return error;
  }
  if (!create) return enter(false, error) ? DiskError::absent : error;
  if (!enter_change(error, true)) return error;
  file = std::make_shared<File>();
  file->name = path;
  files_.push_back(file);
  names_[path] = file;
  name_changes_.push_back({{}, path, file});
  return error;
}

DiskError FaultDisk::read(const FilePtr& file, std::uint64_t offset, std::size_t size,
                          std::string& out) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  if (!enter(false, error)) return error;
  out.clear();
  if (offset < file->cached.size()) out = file->cached.substr(offset, size);
  return error;
}

DiskError FaultDisk::write(const FilePtr& file, std::uint64_t offset, std::string_view data) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  if (!enter_change(error, true)) return error;
  Change change{offset, std::string(data)};
  apply(file->cached, change);
  file->unsynced.push_back(std::move(change));
  return error;
}

DiskError FaultDisk::truncate(const FilePtr& file, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  if (!enter_change(error, false)) return error;
  Change change{size, {}};
  apply(file->cached, change);
  file->unsynced.push_back(std::move(change));
  return error;
}

DiskError FaultDisk::sync(const FilePtr& file) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  const bool enters = enter_change(error, false);
  if (enters && error != DiskError::none) return error;  // the power went: nothing is certain
  if (!enters && !powered_) return error;
  const bool chosen = fail_sync_ && (fail_sync_of_.empty() || fail_sync_of_ == file->name);
  if (chosen) fail_sync_ = false;
  if (!enters || chosen) {
    // The pages are marked clean: most of them never get to the disk, and no later sync will try.
    for (const Change& change : file->unsynced) {
      if (pick(4) == 0) apply(file->durable, change);
    }
    file->unsynced.clear();
    return DiskError::eio;
  }
  for (const Change& change : file->unsynced) apply(file->durable, change);
  file->unsynced.clear();
  return DiskError::none;
}

DiskError FaultDisk::size(const FilePtr& file, std::uint64_t& size) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  if (enter(false, error)) size = file->cached.size();
  return error;
}

bool FaultDisk::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return powered_ && names_.count(path) > 0;
}

DiskError FaultDisk::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  if (names_.count(path) == 0) return enter(false, error) ? DiskError::absent : error;
  if (!enter_change(error, false)) return error;
  names_.erase(path);
  name_changes_.push_back({path, {}, nullptr});
  return error;
}

DiskError FaultDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  const auto found = names_.find(from);
  if (found == names_.end()) return enter(false, error) ? DiskError::absent : error;
  if (!enter_change(error, false)) return error;
  const FilePtr file = found->second;
  names_.erase(found);
  names_[to] = file;
  file->name = to;
  name_changes_.push_back({from, to, file});
  return error;
}

void FaultDisk::apply_name(const NameChange& change) {
  if (!change.removed.empty()) durable_names_.erase(change.removed);
  if (!change.added.empty()) durable_names_[change.added] = change.file;
}

DiskError FaultDisk::sync_directory(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  DiskError error{};
  if (!enter_change(error, false) || error != DiskError::none) return error;
  std::vector<NameChange> others;
  for (NameChange& change : name_changes_) {
    const std::string& path = change.added.empty() ? change.removed : change.added;
    if (directory_of(path) == directory) {
      apply_name(change);
    } else {
      others.push_back(std::move(change));
    }
  }
  name_changes_ = std::move(others);
  return DiskError::none;
}

void FaultDisk::cut_power_at_change(std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  cut_at_ = changes_ + n;
}

void FaultDisk::cut_power() {
  const std::lock_guard lock(mutex_);
  powered_ = false;
}

bool FaultDisk::powered() const {
  const std::lock_guard lock(mutex_);
  return powered_;
}

// What of a file's unsynced writes the disk got to see before the power went.
void FaultDisk::settle_file(File& file) {
  enum class Fate { dropped, kept, each };
  const Fate fate = static_cast<Fate>(pick(3));
  const std::size_t sector = pick(2) == 0 ? 512 : 4096;
  for (const Change& change : file.unsynced) {
    if (fate == Fate::dropped) break;
    const auto choice = fate == Fate::kept ? 0 : pick(3);
    if (choice == 0) {
      apply(file.durable, change);
    } else if (choice == 1 && !change.data.empty()) {
      ++torn_writes_;
      for (std::size_t at = 0; at < change.data.size();) {
        const std::size_t within = (change.offset + at) % sector;
        const std::size_t size = std::min(sector - within, change.data.size() - at);
        if (pick(2) == 0) apply(file.durable, {change.offset + at, change.data.substr(at, size)});
        at += size;
      }
    }
  }
  file.unsynced.clear();
  file.cached = file.durable;
}

void FaultDisk::restore_power() {
  const std::lock_guard lock(mutex_);
  for (const auto& weak : files_) {
    if (const FilePtr file = weak.lock()) settle_file(*file);
  }
  for (const NameChange& change : name_changes_) {
    if (pick(2) == 0) apply_name(change);
  }
  name_changes_.clear();
  names_ = durable_names_;
  std::erase_if(files_, [](const auto& weak) { return weak.expired(); });
  powered_ = true;
  cut_at_ = 0;
  calls_until_fault_ = 0;
  fail_sync_ = false;
  ++power_losses_;
}

void FaultDisk::fail_call(std::uint64_t n, DiskError error) {
  const std::lock_guard lock(mutex_);
  calls_until_fault_ = n;
  fault_ = error;
  failed_ = false;
}

bool FaultDisk::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void FaultDisk::fail_next_sync(const std::string& path) {
  const std::lock_guard lock(mutex_);
  fail_sync_ = true;
  fail_sync_of_ = path;
}

bool FaultDisk::sync_has_failed() const {
  const std::lock_guard lock(mutex_);
  return !fail_sync_;
}

std::uint64_t FaultDisk::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

}  // namespace pim::store::sqlite
