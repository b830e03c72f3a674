#include "chaos/disk/passthrough.h"

#define FUSE_USE_VERSION 312
#include <dirent.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace pim::chaos {
namespace {

struct Files {
  int root;
  DiskRules* rules;
};

const Files& files() { return *static_cast<const Files*>(::fuse_get_context()->private_data); }

// From the root.
const char* below_root(const char* path) { return path[1] == '\0' ? "." : path + 1; }

// An open file keeps the path by which it was opened: libfuse gives none for what is open, which
// may be removed already.
struct OpenFile {
  int descriptor;
  std::string path;
};

const OpenFile& open_file_of(const fuse_file_info* info) {
  // libfuse keeps a number for us.  NOLINTNEXTLINE(performance-no-int-to-ptr)
  return *reinterpret_cast<const OpenFile*>(info->fh);
}

int descriptor(const fuse_file_info* info) { return open_file_of(info).descriptor; }

int done(long result) { return result < 0 ? -errno : static_cast<int>(result); }

// 0, or what a rule says: minus errno, as libfuse wants it.
int ask(DiskOperation operation, const char* path, std::uint64_t growth = 0) {
  return -files().rules->before(operation, below_root(path), growth);
}

int ask_open(DiskOperation operation, const fuse_file_info* info, std::uint64_t growth = 0) {
  return -files().rules->before(operation, open_file_of(info).path, growth);
}

constexpr std::uint64_t kBlock = 4096;  // what a new name takes of the free space

int ask_for_name(const char* path) { return ask(DiskOperation::name, path, kBlock); }

// What bytes up to `end` would add to the file.
std::uint64_t growth_of(int file, off_t end) {
  struct stat status{};
  if (::fstat(file, &status) != 0 || end <= status.st_size) return 0;
  return static_cast<std::uint64_t>(end - status.st_size);
}

int get_attributes(const char* path, struct stat* status, fuse_file_info* info) {
  if (info != nullptr) return done(::fstat(descriptor(info), status));
  return done(::fstatat(files().root, below_root(path), status, AT_SYMLINK_NOFOLLOW));
}

int read_link(const char* path, char* target, std::size_t size) {
  const ssize_t length = ::readlinkat(files().root, below_root(path), target, size - 1);
  if (length < 0) return -errno;
  target[length] = '\0';
  return 0;
}

int make_directory(const char* path, mode_t mode) {
  if (const int error = ask_for_name(path); error != 0) return error;
  return done(::mkdirat(files().root, below_root(path), mode));
}

int remove_file(const char* path) {
  if (const int error = ask(DiskOperation::name, path); error != 0) return error;
  return done(::unlinkat(files().root, below_root(path), 0));
}

int remove_directory(const char* path) {
  if (const int error = ask(DiskOperation::name, path); error != 0) return error;
  return done(::unlinkat(files().root, below_root(path), AT_REMOVEDIR));
}

int make_symlink(const char* target, const char* path) {
  if (const int error = ask_for_name(path); error != 0) return error;
  return done(::symlinkat(target, files().root, below_root(path)));
}

int rename_file(const char* from, const char* to, unsigned flags) {
  if (const int error = ask(DiskOperation::name, to); error != 0) return error;
  return done(::renameat2(files().root, below_root(from), files().root, below_root(to), flags));
}

int make_link(const char* from, const char* to) {
  if (const int error = ask_for_name(to); error != 0) return error;
  return done(::linkat(files().root, below_root(from), files().root, below_root(to), 0));
}

int change_mode(const char* path, mode_t mode, fuse_file_info* info) {
  if (info != nullptr) return done(::fchmod(descriptor(info), mode));
  return done(::fchmodat(files().root, below_root(path), mode, 0));
}

int change_owner(const char* path, uid_t user, gid_t group, fuse_file_info* info) {
  if (info != nullptr) return done(::fchown(descriptor(info), user, group));
  return done(::fchownat(files().root, below_root(path), user, group, AT_SYMLINK_NOFOLLOW));
}

int set_size(const char* path, off_t size, fuse_file_info* info) {
  if (info != nullptr) {
    if (const int error = ask_open(DiskOperation::name, info); error != 0) return error;
    return done(::ftruncate(descriptor(info), size));
  }
  if (const int error = ask(DiskOperation::name, path); error != 0) return error;
  const int file = ::openat(files().root, below_root(path), O_WRONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  const int result = done(::ftruncate(file, size));
  ::close(file);
  return result;
}

int set_times(const char* path, const timespec* times, fuse_file_info* info) {
  if (info != nullptr) return done(::futimens(descriptor(info), times));
  return done(::utimensat(files().root, below_root(path), times, AT_SYMLINK_NOFOLLOW));
}

int keep_open(int file, const char* path, fuse_file_info* info) {
  if (file < 0) return -errno;
  auto opened = std::make_unique<OpenFile>(OpenFile{file, below_root(path)});
  info->fh = reinterpret_cast<std::uint64_t>(opened.release());
  return 0;
}

int create_file(const char* path, mode_t mode, fuse_file_info* info) {
  if (const int error = ask_for_name(path); error != 0) return error;
  return keep_open(
      ::openat(files().root, below_root(path), info->flags | O_CREAT | O_CLOEXEC, mode), path,
      info);
}

int open_file(const char* path, fuse_file_info* info) {
  return keep_open(::openat(files().root, below_root(path), info->flags | O_CLOEXEC), path, info);
}

int open_directory(const char* path, fuse_file_info* info) {
  return keep_open(::openat(files().root, below_root(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                   path, info);
}

int close_file(const char* /*path*/, fuse_file_info* info) {
  const std::unique_ptr<const OpenFile> file(&open_file_of(info));
  ::close(file->descriptor);
  return 0;
}

int read_bytes(const char* /*path*/, char* bytes, std::size_t size, off_t at,
               fuse_file_info* info) {
  if (const int error = ask_open(DiskOperation::read, info); error != 0) return error;
  return done(::pread(descriptor(info), bytes, size, at));
}

int write_bytes(const char* /*path*/, const char* bytes, std::size_t size, off_t at,
                fuse_file_info* info) {
  const auto growth = growth_of(descriptor(info), at + static_cast<off_t>(size));
  if (const int error = ask_open(DiskOperation::write, info, growth); error != 0) return error;
  return done(::pwrite(descriptor(info), bytes, size, at));
}

int allocate(const char* /*path*/, int mode, off_t at, off_t size, fuse_file_info* info) {
  const auto growth = growth_of(descriptor(info), at + size);
  if (const int error = ask_open(DiskOperation::write, info, growth); error != 0) return error;
  return done(::fallocate(descriptor(info), mode, at, size));
}

int sync_file(const char* /*path*/, int only_data, fuse_file_info* info) {
  if (const int error = ask_open(DiskOperation::sync, info); error != 0) return error;
  return done(only_data != 0 ? ::fdatasync(descriptor(info)) : ::fsync(descriptor(info)));
}

// Who does not go through the disk must see the lock, too.
int lock_file(const char* /*path*/, fuse_file_info* info, int operation) {
  return done(::flock(descriptor(info), operation));
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

int read_directory(const char* /*path*/, void* buffer, fuse_fill_dir_t fill, off_t /*at*/,
                   fuse_file_info* info, fuse_readdir_flags /*flags*/) {
  // its own descriptor: that of the entries has a place in them, and is closed with them
  const int directory = ::openat(descriptor(info), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return -errno;
  const std::unique_ptr<DIR, CloseDirectory> entries(::fdopendir(directory));
  while (const dirent* entry = ::readdir(entries.get())) {
    struct stat status{};
    status.st_ino = entry->d_ino;
    status.st_mode = static_cast<mode_t>(DTTOIF(entry->d_type));
    if (fill(buffer, entry->d_name, &status, 0, fuse_fill_dir_flags{}) != 0) break;
  }
  return 0;
}

int say_space(const char* /*path*/, struct statvfs* space) {
  if (::fstatvfs(files().root, space) != 0) return -errno;
  if (const auto free = files().rules->free_bytes()) {
    const auto blocks = static_cast<fsblkcnt_t>(*free / space->f_frsize);
    space->f_bfree = std::min(space->f_bfree, blocks);
    space->f_bavail = std::min(space->f_bavail, blocks);
  }
  return 0;
}

void* initialise(fuse_conn_info* connection, fuse_config* config) {
  constexpr unsigned kWaiting = 64;  // operations that nobody waits for
  connection->max_background = kWaiting;
  config->use_ino = 1;
  // an open file that is removed is removed, and is known by what it was opened as
  config->hard_remove = 1;
  config->nullpath_ok = 1;
  return ::fuse_get_context()->private_data;
}

fuse_operations operations() {
  fuse_operations table{};
  table.init = initialise;
  table.getattr = get_attributes;
  table.readlink = read_link;
  table.mkdir = make_directory;
  table.unlink = remove_file;
  table.rmdir = remove_directory;
  table.symlink = make_symlink;
  table.rename = rename_file;
  table.link = make_link;
  table.chmod = change_mode;
  table.chown = change_owner;
  table.truncate = set_size;
  table.utimens = set_times;
  table.create = create_file;
  table.open = open_file;
  table.release = close_file;
  table.read = read_bytes;
  table.write = write_bytes;
  table.fallocate = allocate;
  table.fsync = sync_file;
  table.fsyncdir = sync_file;
  table.opendir = open_directory;
  table.releasedir = close_file;
  table.flock = lock_file;
  table.readdir = read_directory;
  table.statfs = say_space;
  return table;
}

// Stalled operations keep a thread each, and the others must go on.
int loop(fuse* session) {
  fuse_loop_config* config = ::fuse_loop_cfg_create();
  ::fuse_loop_cfg_set_max_threads(config, 256);
  ::fuse_loop_cfg_set_idle_threads(config, 16);
  const int result = ::fuse_loop_mt(session, config);
  ::fuse_loop_cfg_destroy(config);
  return result;
}

}  // namespace

Result<void, std::string> serve_passthrough(int fuse, int root, DiskRules& rules,
                                            const std::function<void()>& ready) {
  Files files{root, &rules};
  const auto table = operations();
  std::string name = "pim-fault-disk";
  std::array<char*, 2> arguments{name.data(), nullptr};
  fuse_args args = FUSE_ARGS_INIT(1, arguments.data());
  const std::unique_ptr<struct fuse, decltype(&::fuse_destroy)> session(
      ::fuse_new(&args, &table, sizeof table, &files), &::fuse_destroy);
  if (!session || ::fuse_mount(session.get(), ("/dev/fd/" + std::to_string(fuse)).c_str()) != 0) {
    return Err{std::string("libfuse does not take the mounted disk")};
  }
  ready();
  const int result = loop(session.get());
  if (result != 0) return Err{"the fault disk's loop ended: " + std::to_string(result)};
  return {};
}

}  // namespace pim::chaos
