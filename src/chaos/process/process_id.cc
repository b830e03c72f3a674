#include "chaos/process/process_id.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "load/socket.h"

namespace pim::chaos {
namespace {

struct Stat {
  char state = '?';
  std::uint64_t started = 0;
};

// Of /proc/PID/stat; the name in it may hold blanks and brackets, so what counts begins behind it.
std::optional<Stat> read_stat(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  // A process that is reaped between the opening and the reading fails the reading: getline says
  // so, a buffer's iterator would throw.
  std::string text;
  std::getline(in, text, '\0');
  const auto end = text.rfind(')');
  if (end == text.npos) return std::nullopt;
  std::istringstream rest(text.substr(end + 1));
  Stat stat;
  std::string skipped;
  rest >> stat.state;
  constexpr int kBetweenStateAndStart = 18;
  for (int i = 0; i < kBetweenStateAndStart; ++i) rest >> skipped;
  rest >> stat.started;
  if (!rest) return std::nullopt;
  return stat;
}

std::optional<Stat> stat_of(const ProcessId& process) {
  auto stat = read_stat(process.pid);
  if (stat && stat->started != process.started) stat.reset();
  return stat;
}

bool has_ended(const Stat& stat) { return stat.state == 'Z' || stat.state == 'X'; }

load::Fd open_process(const ProcessId& process) {
  load::Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (fd && !stat_of(process)) fd.reset();  // it may be a later one's
  return fd;
}

}  // namespace

std::optional<ProcessId> identify(pid_t pid) {
  const auto stat = read_stat(pid);
  if (!stat || has_ended(*stat)) return std::nullopt;
  return ProcessId{pid, stat->started};
}

bool is_alive(const ProcessId& process) {
  const auto stat = stat_of(process);
  return stat && !has_ended(*stat);
}

bool is_stopped(const ProcessId& process) {
  const auto stat = stat_of(process);
  return stat && stat->state == 'T';
}

std::vector<std::string> command_line(const ProcessId& process) {
  std::vector<std::string> arguments;
  // While a process becomes another program it has none.
  wait_until_so(std::chrono::seconds(1), [&] {
    std::ifstream in("/proc/" + std::to_string(process.pid) + "/cmdline");
    for (std::string argument; std::getline(in, argument, '\0');) arguments.push_back(argument);
    return !arguments.empty() || !is_alive(process);
  });
  if (!is_alive(process)) arguments.clear();
  return arguments;
}

Result<void, std::string> send_signal(const ProcessId& process, int signal) {
  const auto fd = open_process(process);
  if (!fd || !is_alive(process)) {
    return Err{"process " + std::to_string(process.pid) + " has ended"};
  }
  if (::syscall(SYS_pidfd_send_signal, fd.get(), signal, nullptr, 0) != 0) {
    return Err{load::system_error("signal to process " + std::to_string(process.pid), errno)};
  }
  return {};
}

// By its pidfd: the state in /proc is that of the first thread, and others may be ending yet.
bool wait_for_end(const ProcessId& process, std::chrono::milliseconds limit) {
  const auto fd = open_process(process);
  return !fd || load::wait_for(fd, POLLIN, load::Clock::now() + limit);
}

void sleep_between_looks() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

}  // namespace pim::chaos
