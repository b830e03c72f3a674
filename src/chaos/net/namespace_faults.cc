#include "chaos/net/namespace_faults.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "chaos/lasting_effect.h"
#include "chaos/process/process_faults.h"
#include "chaos/restore.h"
#include "load/child_process.h"

namespace pim::chaos {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHandle = "7e57:";  // of the netem that is ours

std::string namespace_file(const std::string& pid) { return "/proc/" + pid + "/ns/net"; }

// 0: it cannot be read.
std::uint64_t namespace_of(const std::string& pid) {
  struct stat status{};
  return ::stat(namespace_file(pid).c_str(), &status) == 0 ? status.st_ino : 0;
}

// A process that is in it; empty: nobody is, so it is gone with all that was in it.
std::string member_of(std::uint64_t network) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") == pid.npos && namespace_of(pid) == network) return pid;
  }
  return {};
}

// What `tool` said in that namespace, as a result or as an error.
Result<std::string, std::string> run_there(std::uint64_t network, std::vector<std::string> tool) {
  const auto member = member_of(network);
  if (member.empty()) return Err{std::string("nobody is left in the network namespace")};
  std::string said = (std::filesystem::temp_directory_path() / "pim-chaos-XXXXXX").string();
  const load::Fd file(::mkostemp(said.data(), O_CLOEXEC));
  if (!file) return Err{load::system_error("making " + said, errno)};
  load::ChildOptions options;
  options.arguments = {"nsenter", "--net=" + namespace_file(member)};
  options.arguments.insert(options.arguments.end(), tool.begin(), tool.end());
  options.stderr_file = said;
  options.stdout_file = said;
  const auto exit = load::run_child(options, 10s);
  std::ifstream in(said);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  ::unlink(said.c_str());
  if (!exit) return Err{exit.error()};
  if (!exit->clean()) return Err{tool.front() + ": " + exit->to_string() + ": " + text};
  return text;
}

Result<std::string, std::string> list_table(const Footprint& footprint) {
  return run_there(number_of(footprint, "network"),
                   {"nft", "list", "table", "inet", text_of(footprint, "table")});
}

// Of all `counter packets N` in a listing.
std::uint64_t count_packets(const std::string& listing) {
  std::istringstream in(listing);
  std::uint64_t sum = 0;
  for (std::string word; in >> word;) {
    std::uint64_t count = 0;
    if (word == "packets" && in >> count) sum += count;
  }
  return sum;
}

bool is_absent(const std::string& error) {
  return error.find("No such file") != error.npos || error.find("Cannot find") != error.npos ||
         error.find("Invalid handle") != error.npos;
}

class InNamespace : public LastingEffect {
 protected:
  InNamespace(const Target& target, std::string_view way, Footprints* footprints)
      : LastingEffect(footprints), target_(target), way_(way) {}

  Result<Footprint, FaultError> prepare() override {
    const auto process = running_process(target_);
    if (!process) {
      return Err{FaultError{Trouble::environment, "'" + target_.name + "' does not run"}};
    }
    const auto network = namespace_of(std::to_string(process->pid));
    if (network == 0 || network == namespace_of("self") || network == namespace_of("1")) {
      return Err{FaultError{Trouble::usage,
                            "'" + target_.name +
                                "' is in our own network namespace, which would be cut off with "
                                "it; start it in one of its own (ip netns exec)"}};
    }
    Footprint footprint{std::string(way_), target_.name, {}};
    footprint.fields["network"] = std::to_string(network);
    return footprint;
  }

  // All or nothing: the first that fails ends it.
  static FaultResult run_all(const Footprint& footprint,
                             const std::vector<std::vector<std::string>>& tools,
                             std::string_view advice) {
    for (const auto& tool : tools) {
      if (auto ran = run_there(number_of(footprint, "network"), tool); !ran) {
        return Err{FaultError{Trouble::environment, ran.error() + "; " + std::string(advice)}};
      }
    }
    return {};
  }

 private:
  const Target target_;
  const std::string_view way_;
};

class Partition final : public InNamespace {
 public:
  Partition(const Target& target, std::string direction, Footprints* footprints)
      : InNamespace(target, "table", footprints), direction_(std::move(direction)) {}

  std::optional<std::uint64_t> hits() override { return hits_; }

 protected:
  Result<Footprint, FaultError> prepare() override {
    static std::atomic<unsigned> next{0};
    auto footprint = InNamespace::prepare();
    if (footprint) {
      footprint->fields["table"] =
          "pim_chaos_" + std::to_string(::getpid()) + "_" + std::to_string(next++);
    }
    return footprint;
  }

  FaultResult act(const Footprint& footprint) override {
    const auto& table = text_of(footprint, "table");
    std::string rules = "table inet " + table + " {";
    // before connection tracking and everything else
    if (direction_ != "out") {
      rules += " chain in { type filter hook input priority -300; iif != lo counter drop; };";
    }
    if (direction_ != "in") {
      rules += " chain out { type filter hook output priority -300; oif != lo counter drop; };";
    }
    return run_all(footprint, {{"nft", rules + " }"}},
                   "a partition needs nftables: apt-get install nftables, and root");
  }

  void look(const Footprint& footprint) override {
    if (const auto listing = list_table(footprint)) hits_ = count_packets(*listing);
  }

 private:
  const std::string direction_;
  std::optional<std::uint64_t> hits_;
};

class Netem final : public InNamespace {
 public:
  Netem(const Target& target, const Parameters& parameters, Footprints* footprints)
      : InNamespace(target, "qdisc", footprints), parameters_(parameters) {}

 protected:
  Result<Footprint, FaultError> prepare() override {
    auto footprint = InNamespace::prepare();
    if (footprint) footprint->fields["interface"] = parameters_.text("interface");
    return footprint;
  }

  FaultResult act(const Footprint& footprint) override {
    const auto microseconds = [&](std::string_view name) {
      return std::to_string(parameters_.duration(name).count() / 1000) + "us";
    };
    return run_all(footprint,
                   {{"tc", "qdisc", "add", "dev", parameters_.text("interface"), "root", "handle",
                     kHandle, "netem", "delay", microseconds("delay"), microseconds("jitter"),
                     "loss", parameters_.text("percent")}},
                   "where the kernel has no netem, put a fault proxy before the port (net-delay, "
                   "net-loss)");
  }

 private:
  const Parameters parameters_;
};

}  // namespace

std::unique_ptr<Effect> make_partition(const FaultOrder& order) {
  return std::make_unique<Partition>(order.target, order.parameters.text("direction"),
                                     order.footprints);
}

std::unique_ptr<Effect> make_netem(const FaultOrder& order) {
  return std::make_unique<Netem>(order.target, order.parameters, order.footprints);
}

Restored drop_table(const Footprint& footprint) {
  const auto network = number_of(footprint, "network");
  if (member_of(network).empty()) return {};
  const auto dropped =
      run_there(network, {"nft", "delete", "table", "inet", text_of(footprint, "table")});
  if (!dropped && !is_absent(dropped.error())) return Err{dropped.error()};
  return {};
}

Restored drop_qdisc(const Footprint& footprint) {
  const auto network = number_of(footprint, "network");
  if (member_of(network).empty()) return {};
  // by its handle, so that nobody else's is taken away
  const auto dropped =
      run_there(network, {"tc", "qdisc", "del", "dev", text_of(footprint, "interface"), "root",
                          "handle", kHandle, "netem"});
  if (!dropped && !is_absent(dropped.error())) return Err{dropped.error()};
  return {};
}

}  // namespace pim::chaos
