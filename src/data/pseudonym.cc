#include "data/pseudonym.h"

#include <fcntl.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "data/hex.h"

namespace pim::data {
namespace {

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

Err<KeyError> system_error(const std::string& what, const std::string& path) {
  return Err{KeyError{what + " " + path + ": " + std::strerror(errno)}};
}

Result<PseudonymKey, KeyError> read_key(int fd, const std::string& path) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return system_error("cannot look at", path);
  if ((info.st_mode & 077) != 0) {
    return Err{KeyError{path + " may be read by others: chmod 600 " + path}};
  }
  char text[64];
  const auto size = ::read(fd, text, sizeof text);
  PseudonymKey key;
  if (size != static_cast<ssize_t>(sizeof text) || !from_hex({text, sizeof text}, key.bytes)) {
    return Err{KeyError{path + " does not hold a key of 64 hexadecimal digits; without the right "
                               "key, rows get other ids than before"}};
  }
  return key;
}

// Written beside its place and linked into it, so that nobody sees half a key and the first wins.
Result<void, KeyError> create_key(const std::string& path) {
  PseudonymKey key;
  if (RAND_bytes(key.bytes.data(), static_cast<int>(key.bytes.size())) != 1) {
    return Err{KeyError{"the system gave no random bytes for " + path}};
  }
  std::error_code ignored;
  if (const auto parent = std::filesystem::path(path).parent_path(); !parent.empty()) {
    std::filesystem::create_directories(parent, ignored);
  }
  std::string scratch = path + ".XXXXXX";
  const Fd fd(::mkostemp(scratch.data(), O_CLOEXEC));  // mode 0600
  if (!fd) return system_error("cannot create", path);
  const std::string text = to_hex(key.bytes) + "\n";
  const bool written =
      ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(fd.get()) == 0;
  const bool linked = written && (::link(scratch.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int cause = errno;
  ::unlink(scratch.c_str());
  errno = cause;
  if (!linked) return system_error("cannot write", path);
  return {};
}

}  // namespace

Result<PseudonymKey, KeyError> load_or_create_key(const std::string& path) {
  Fd existing(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (existing) return read_key(existing.get(), path);
  if (errno != ENOENT) return system_error("cannot read", path);
  if (auto created = create_key(path); !created) return Err{created.error()};
  const Fd fresh(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fresh) return system_error("cannot read", path);
  return read_key(fresh.get(), path);
}

Uuid pseudonym(const PseudonymKey& key, std::string_view kind, std::string_view dataset,
               std::uint64_t row) {
  std::string message;
  message.append(kind).push_back('\0');
  message.append(dataset).push_back('\0');
  for (int shift = 56; shift >= 0; shift -= 8) message.push_back(static_cast<char>(row >> shift));

  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.bytes.data(), static_cast<int>(key.bytes.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
  Uuid id;
  std::copy_n(mac.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
  return id;
}

}  // namespace pim::data
