#include "chaos/disk/fault_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include "chaos/disk/disk_rules.h"
#include "chaos/disk/passthrough.h"
#include "chaos/instrument/control_server.h"
#include "load/socket.h"

namespace pim::chaos {
namespace {

Err<FaultError> lacking(std::string what, std::string_view advice = {}) {
  if (!advice.empty()) what += "; " + std::string(advice);
  return Err{FaultError{Trouble::environment, std::move(what)}};
}

bool write_text(const char* file, const std::string& text) {
  const load::Fd out(::open(file, O_WRONLY | O_CLOEXEC));
  return out && ::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Who may not make mount namespaces may do so as root of a user namespace, in which he is himself.
bool enter_own_mounts() {
  if (::unshare(CLONE_NEWNS) == 0) return true;
  const auto user = std::to_string(::geteuid());
  const auto group = std::to_string(::getegid());
  return errno == EPERM && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_text("/proc/self/setgroups", "deny") &&
         write_text("/proc/self/uid_map", user + " " + user + " 1") &&
         write_text("/proc/self/gid_map", group + " " + group + " 1");
}

// The child: until its parent ends. What it cannot do goes into `pipe`.
[[noreturn]] void serve_disk(const std::string& control, int fuse, int root, load::Fd pipe) {
  ::setsid();  // a Ctrl-C is for the program; the disk ends with it
  ::prctl(PR_SET_NAME, "pim-fault-disk");
  DiskRules rules;
  const auto tell = [&pipe](const std::string& text) {
    const auto written = ::write(pipe.get(), text.data(), text.size());
    pipe.reset();
    return written >= 0;
  };
  const auto server = ControlServer::start(control, rules);
  if (!server) {
    tell(server.error());
    ::_exit(1);
  }
  const auto served = serve_passthrough(fuse, root, rules, [&] { tell("ready"); });
  if (!served && pipe) tell(served.error());
  ::_exit(served ? 0 : 1);
}

std::string read_answer(const load::Fd& pipe) {
  std::string answer;
  std::array<char, 512> part{};
  for (ssize_t size = 0; (size = ::read(pipe.get(), part.data(), part.size())) > 0;) {
    answer.append(part.data(), static_cast<std::size_t>(size));
  }
  return answer;
}

// Both made absolute: what leads there may be a link.
bool is_below(const std::string& path, const std::string& directory) {
  std::error_code ignored;
  const auto inner = std::filesystem::weakly_canonical(path, ignored).string();
  const auto outer = std::filesystem::weakly_canonical(directory, ignored).string();
  return inner.starts_with(outer + "/");
}

}  // namespace

FaultResult enter_fault_disk(const std::string& directory, const std::string& control) {
  if (is_below(control, directory)) {
    return Err{FaultError{Trouble::usage, "the control socket " + control + " must lie outside " +
                                              directory + ": the disk would wait for itself"}};
  }
  std::error_code ignored;
  const auto here = std::filesystem::current_path(ignored);
  const load::Fd root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return lacking(load::system_error("the directory " + directory, errno));
  const load::Fd fuse(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
  if (!fuse) {
    return lacking(load::system_error("/dev/fuse", errno),
                   "a fault disk needs FUSE: modprobe fuse, or run the container with --device "
                   "/dev/fuse");
  }
  if (!enter_own_mounts() || ::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return lacking(load::system_error("a mount namespace", errno),
                   "run as root, or allow user namespaces (a container: --cap-add SYS_ADMIN)");
  }
  const std::string options = "fd=" + std::to_string(fuse.get()) +
                              ",rootmode=40000,user_id=" + std::to_string(::geteuid()) +
                              ",group_id=" + std::to_string(::getegid()) + ",default_permissions";
  if (::mount("pim-fault-disk", directory.c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()) !=
      0) {
    return lacking(load::system_error("mounting over " + directory, errno));
  }

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return lacking(load::system_error("pipe", errno));
  const load::Fd reader(ends[0]);
  load::Fd writer(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return lacking(load::system_error("fork", errno));
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    serve_disk(control, fuse.get(), root.get(), std::move(writer));
  }
  writer.reset();
  if (const auto answer = read_answer(reader); answer != "ready") {
    return lacking(answer.empty() ? "the fault disk ended at once" : answer);
  }
  // where we stand may be below the directory: through the disk, then
  std::filesystem::current_path(here, ignored);
  return {};
}

}  // namespace pim::chaos
