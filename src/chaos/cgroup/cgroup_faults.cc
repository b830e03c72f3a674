#include "chaos/cgroup/cgroup_faults.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <utility>

#include "chaos/cgroup/cgroup_place.h"
#include "chaos/lasting_effect.h"
#include "chaos/process/process_faults.h"
#include "chaos/restore.h"
#include "load/socket.h"

namespace pim::chaos {
namespace {

using namespace std::chrono_literals;

std::string text_in(const std::string& file) {
  std::ifstream in(file);
  std::string text;
  std::getline(in, text, '\0');  // a group that is gone by now fails it, and is no exception
  return text;
}

Result<void, std::string> write_value(const std::string& file, const std::string& value) {
  const load::Fd out(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!out || ::write(out.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size()))
    return Err{load::system_error("writing '" + value + "' to " + file, errno)};
  return {};
}

// The number behind `key` at a line's begin, or the whole file's where the key is empty.
std::uint64_t counter_in(const std::string& file, std::string_view key) {
  std::istringstream in(text_in(file));
  std::uint64_t number = 0;
  if (key.empty()) {
    in >> number;
    return number;
  }
  for (std::string word; in >> word;) {
    if (word == key && in >> number) return number;
  }
  return 0;
}

// What a controller is told, and where it counts how often that bit.
struct Limit {
  std::string_view controller;
  std::string v1_file, v1_value, v1_counter, v1_key;
  std::string v2_file, v2_value, v2_counter, v2_key;
};

class InCgroup final : public LastingEffect {
 public:
  InCgroup(const Target& target, Limit limit, Footprints* footprints)
      : LastingEffect(footprints), target_(target), limit_(std::move(limit)) {}

  std::optional<std::uint64_t> hits() override { return hits_; }

 protected:
  Result<Footprint, FaultError> prepare() override {
    static std::atomic<unsigned> next{0};
    const auto process = running_process(target_);
    if (!process)
      return Err{FaultError{Trouble::environment, "'" + target_.name + "' does not run"}};
    const auto place = cgroup_place(text_in("/proc/self/mountinfo"),
                                    text_in("/proc/" + std::to_string(process->pid) + "/cgroup"),
                                    limit_.controller);
    if (!place) return Err{FaultError{Trouble::environment, place.error()}};
    v2_ = place->v2;
    auto footprint = process_footprint("cgroup", target_.name, *process);
    footprint.fields["from"] = place->current;
    footprint.fields["group"] =
        place->parent + "/pim-chaos-" + std::to_string(::getpid()) + "-" + std::to_string(next++);
    return footprint;
  }

  FaultResult act(const Footprint& footprint) override {
    const auto& group = text_of(footprint, "group");
    if (::mkdir(group.c_str(), 0755) != 0) {
      return missing(load::system_error("making the cgroup " + group, errno));
    }
    const auto& file = v2_ ? limit_.v2_file : limit_.v1_file;
    if (::access((group + "/" + file).c_str(), W_OK) != 0) {
      return missing("the cgroup " + group + " has no " + file + ": its parent does not hand on '" +
                     std::string(limit_.controller) + "' (cgroup.subtree_control)");
    }
    if (auto written = write_value(group + "/" + file, v2_ ? limit_.v2_value : limit_.v1_value);
        !written) {
      return missing(std::move(written.error()));
    }
    if (auto moved =
            write_value(group + "/cgroup.procs", std::to_string(process_of(footprint).pid));
        !moved) {
      return missing(std::move(moved.error()));
    }
    return {};
  }

  void look(const Footprint& footprint) override {
    hits_ = counter_in(
        text_of(footprint, "group") + "/" + (v2_ ? limit_.v2_counter : limit_.v1_counter),
        v2_ ? limit_.v2_key : limit_.v1_key);
  }

 private:
  static FaultResult missing(std::string what) {
    return Err{FaultError{Trouble::environment, std::move(what)}};
  }

  const Target target_;
  const Limit limit_;
  bool v2_ = false;
  std::optional<std::uint64_t> hits_;
};

}  // namespace

std::unique_ptr<Effect> make_cpu_pressure(const FaultOrder& order) {
  constexpr double kPeriodMicroseconds = 100'000;  // the kernel's own default
  const auto quota = std::to_string(
      static_cast<std::int64_t>(kPeriodMicroseconds * order.parameters.number("share") / 100));
  return std::make_unique<InCgroup>(
      order.target,
      Limit{"cpu", "cpu.cfs_quota_us", quota, "cpu.stat", "nr_throttled", "cpu.max",
            quota + " 100000", "cpu.stat", "nr_throttled"},
      order.footprints);
}

std::unique_ptr<Effect> make_memory_pressure(const FaultOrder& order) {
  const auto bytes = std::to_string(order.parameters.whole("limit"));
  return std::make_unique<InCgroup>(
      order.target,
      Limit{"memory", "memory.limit_in_bytes", bytes, "memory.failcnt", "", "memory.high", bytes,
            "memory.events", "high"},
      order.footprints);
}

Restored leave_cgroup(const Footprint& footprint) {
  const auto& group = text_of(footprint, "group");
  const auto& from = text_of(footprint, "from");
  if (::access(group.c_str(), F_OK) != 0) return {};
  std::string problem;
  // it may have got children meanwhile, and they may end while they are moved
  const bool empty = wait_until_so(10s, [&] {
    std::istringstream members(text_in(group + "/cgroup.procs"));
    for (std::string member; members >> member;) {
      if (const auto moved = write_value(from + "/cgroup.procs", member); !moved) {
        problem = moved.error();
      }
    }
    if (::rmdir(group.c_str()) == 0 || errno == ENOENT) return true;
    if (problem.empty()) problem = load::system_error("removing the cgroup " + group, errno);
    return false;
  });
  if (!empty) return Err{problem};
  return {};
}

}  // namespace pim::chaos
