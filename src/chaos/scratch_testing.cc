#include "chaos/scratch_testing.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "chaos/process/process_id.h"

namespace pim::chaos {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_pid(const std::string& name) { return name.find_first_not_of("0123456789") == name.npos; }

// Of a group that a fault has made: the pid of its injector, or nothing.
std::optional<pid_t> injector_of(const std::string& group) {
  constexpr std::string_view kPrefix = "pim-chaos-";
  if (!group.starts_with(kPrefix)) return std::nullopt;
  pid_t pid = 0;
  std::from_chars(group.data() + kPrefix.size(), group.data() + group.size(), pid);
  return pid;
}

}  // namespace

std::vector<std::string> traces_of(const std::string& directory) {
  std::vector<std::string> traces;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const auto pid = entry.path().filename().string();
    if (!is_pid(pid) || pid == std::to_string(::getpid())) continue;
    if (slurp(entry.path() / "cmdline").find(directory) != std::string::npos) {
      traces.push_back("process " + pid);
    }
    if (slurp(entry.path() / "mountinfo").find(directory) != std::string::npos) {
      traces.push_back("mount seen by process " + pid);
    }
  }
  if (slurp("/proc/self/mountinfo").find(directory) != std::string::npos) {
    traces.emplace_back("mount of our own namespace");
  }
  constexpr auto kOptions = fs::directory_options::skip_permission_denied;
  for (auto at = fs::recursive_directory_iterator("/sys/fs/cgroup", kOptions, ignored);
       at != fs::recursive_directory_iterator(); at.increment(ignored)) {
    const auto injector = injector_of(at->path().filename().string());
    if (injector && (*injector == ::getpid() || !identify(*injector))) {
      traces.push_back("cgroup " + at->path().string());
    }
  }
  return traces;
}

void Scratch::TearDown() {
  std::vector<std::string> traces;
  const bool clean = wait_until_so(std::chrono::seconds(20), [&] {
    traces = traces_of(directory());
    return traces.empty();
  });
  for (const auto& trace : traces) EXPECT_TRUE(clean) << "left behind: " << trace;
}

bool can_run(const FaultResult& injected) {
  const char* required = std::getenv("PIM_FAULTS_REQUIRED");
  return injected.ok() || injected.error().trouble != Trouble::environment ||
         (required != nullptr && *required != '\0');
}

}  // namespace pim::chaos
