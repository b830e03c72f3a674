#include "load/report/machine.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <array>
#include <fstream>
#include <string_view>
#include <thread>

#include "load/report/markup.h"

namespace pim::load::report {
namespace {

std::string processor(std::string standard) {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return standard;
}

}  // namespace

std::string describe_machine() {
  utsname name{};
  ::uname(&name);
  struct sysinfo memory{};
  ::sysinfo(&memory);
  const double gib = static_cast<double>(memory.totalram) * memory.mem_unit / (1 << 30);
  return std::string(name.sysname) + " " + name.release + ", " +
         std::to_string(std::thread::hardware_concurrency()) + " x " + processor(name.machine) +
         ", " + fixed(gib, 1) + " GiB";
}

NoiseWatch::NoiseWatch() : first_(read()) {}

std::optional<MachineNoise> NoiseWatch::since() const {
  const Reading now = read();
  const auto all = static_cast<double>(now.all - first_.all);
  if (now.all <= first_.all) return std::nullopt;
  MachineNoise noise;
  noise.busy = 1 - static_cast<double>(now.idle - first_.idle) / all;
  noise.stolen = static_cast<double>(now.stolen - first_.stolen) / all;
  const std::chrono::duration<double, std::micro> passed = now.time - first_.time;
  if (now.waited_micros && first_.waited_micros && passed.count() > 0) {
    noise.waited = static_cast<double>(*now.waited_micros - *first_.waited_micros) / passed.count();
  }
  return noise;
}

NoiseWatch::Reading NoiseWatch::read() {
  Reading reading;
  reading.time = std::chrono::steady_clock::now();
  std::ifstream stat("/proc/stat");
  std::string word;
  // cpu user nice system idle iowait irq softirq steal; guests are in user already
  std::array<std::uint64_t, 8> ticks{};
  if (stat >> word && word == "cpu") {
    for (auto& each : ticks) {
      if (stat >> each) reading.all += each;
    }
    reading.idle = ticks[3] + ticks[4];
    reading.stolen = ticks[7];
  }
  // some avg10=0.00 avg60=0.00 avg300=0.00 total=12345
  std::ifstream pressure("/proc/pressure/cpu");
  while (pressure >> word) {
    constexpr std::string_view kTotal = "total=";
    if (!word.starts_with(kTotal)) continue;
    reading.waited_micros = std::stoull(word.substr(kTotal.size()));
    break;
  }
  return reading;
}

}  // namespace pim::load::report
