#include "measure.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "load/socket.h"

namespace pim::bench {
namespace {

// The value of `NAME : value` or `NAME: value kB` in a file of /proc.
std::string proc_value(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(name)) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

double proc_kib(const std::string& file, const std::string& name) {
  const auto value = proc_value(file, name);
  return value.empty() ? 0 : std::stod(value);
}

struct CpuTotals {
  std::uint64_t total = 0;
  std::uint64_t stolen = 0;
};
// user nice system idle iowait irq softirq steal: what follows is part of the first two.
CpuTotals cpu_totals() {
  std::ifstream in("/proc/stat");
  std::string label;
  in >> label;
  CpuTotals totals;
  for (int i = 0; i < 8; ++i) {
    std::uint64_t ticks = 0;
    in >> ticks;
    totals.total += ticks;
    if (i == 7) totals.stolen = ticks;
  }
  return totals;
}

std::string file_system_name(long magic) {
  switch (magic) {
    case EXT4_SUPER_MAGIC:
      return "ext2/3/4";
    case XFS_SUPER_MAGIC:
      return "xfs";
    case BTRFS_SUPER_MAGIC:
      return "btrfs";
    case OVERLAYFS_SUPER_MAGIC:
      return "overlay";
    case TMPFS_MAGIC:
      return "tmpfs";
    default: {
      std::ostringstream text;
      text << "0x" << std::hex << magic;
      return text.str();
    }
  }
}

}  // namespace

Machine describe_machine(const std::string& directory) {
  Machine machine;
  machine.cpu = proc_value("/proc/cpuinfo", "model name");
  machine.cores = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
  machine.memory_mib = static_cast<std::uint64_t>(proc_kib("/proc/meminfo", "MemTotal") / 1024);
  utsname names{};
  if (::uname(&names) == 0) machine.kernel = std::string(names.sysname) + " " + names.release;
  struct statfs info{};
  if (::statfs(directory.c_str(), &info) == 0) {
    machine.file_system = file_system_name(info.f_type);
    machine.syncs = info.f_type != TMPFS_MAGIC;
  }
  return machine;
}

NoiseMeter::NoiseMeter() {
  const auto totals = cpu_totals();
  total_ = totals.total;
  stolen_ = totals.stolen;
}

double NoiseMeter::stolen_percent() const {
  const auto now = cpu_totals();
  const auto total = now.total - total_;
  return total == 0
             ? 0
             : 100.0 * static_cast<double>(now.stolen - stolen_) / static_cast<double>(total);
}

load::Histogram calibrate_sync(const std::string& directory, int times) {
  load::Histogram histogram;
  const std::string file = directory + "/sync-calibration";
  const load::Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const std::array<char, 4096> block{};
  for (int i = 0; fd && i < times; ++i) {
    const auto started = load::Clock::now();
    if (::write(fd.get(), block.data(), block.size()) != static_cast<ssize_t>(block.size()) ||
        ::fdatasync(fd.get()) != 0) {
      break;
    }
    histogram.record(load::Clock::now() - started);
  }
  ::unlink(file.c_str());
  return histogram;
}

CpuTime cpu_time_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(in, text);
  // The name, in parentheses, may hold blanks; utime and stime are fields 14 and 15.
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  rest >> user >> system;
  const auto tick = std::chrono::nanoseconds(1'000'000'000 / ::sysconf(_SC_CLK_TCK));
  return {tick * user, tick * system};
}

Memory memory_of(pid_t pid) {
  const std::string file = "/proc/" + std::to_string(pid) + "/status";
  return {proc_kib(file, "VmRSS") / 1024, proc_kib(file, "VmHWM") / 1024};
}

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

}  // namespace pim::bench
