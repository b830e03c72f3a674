#include "options.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "report.h"

namespace pim::bench {
namespace {

[[noreturn]] void refuse(const std::string& message) {
  std::fprintf(stderr, "%s; see --help\n", message.c_str());
  std::exit(2);
}

std::uint64_t number_of(const std::string& name, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    refuse(name + " takes a number");
  }
  return value;
}

void help(const Options& options, const std::string& summary) {
  std::printf(
      "%s\n\n"
      "  --json         one JSON object instead of a table\n"
      "  --smoke        seconds instead of minutes: shows that it runs, proves no figure\n"
      "  --directory D  where to write, on the disk under test (default: %s)\n"
      "  --pim P        the server (default: %s)\n"
      "  --rounds N     (default: %u)\n"
      "  --seconds N    a measurement (default: %u)\n",
      summary.c_str(), options.directory.c_str(), options.program.c_str(), options.rounds,
      options.seconds);
  for (const auto& [name, value] : options.numbers) {
    std::printf("  --%s N   (default: %llu)\n", name.c_str(),
                static_cast<unsigned long long>(value));
  }
  std::printf("\nExit code 1: a goal was missed.\n");
}

}  // namespace

Options parse_options(int argc, char** argv, const std::string& summary,
                      const std::map<std::string, std::uint64_t>& defaults) {
  namespace fs = std::filesystem;
  Options options;
  options.numbers = defaults;
  options.directory = (fs::current_path() / ".lab" / "bench").string();
  // Beside the bench's own build directory.
  std::error_code ignored;
  const auto self = fs::read_symlink("/proc/self/exe", ignored);
  options.program = (self.parent_path().parent_path() / "pim").string();
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--help") {
      help(options, summary);
      std::exit(0);
    }
    if (name == "--json" || name == "--smoke") {
      (name == "--json" ? options.json : options.smoke) = true;
      continue;
    }
    if (i + 1 == argc) refuse(name + " is unknown or lacks its value");
    const std::string value = argv[++i];
    if (name == "--directory") {
      options.directory = fs::absolute(value).string();
    } else if (name == "--pim") {
      options.program = value;
    } else if (name == "--rounds") {
      options.rounds = static_cast<std::uint32_t>(number_of(name, value));
    } else if (name == "--seconds") {
      options.seconds = static_cast<std::uint32_t>(number_of(name, value));
    } else if (name.starts_with("--") && options.numbers.contains(name.substr(2))) {
      options.numbers[name.substr(2)] = number_of(name, value);
    } else {
      refuse(name + " is unknown");
    }
  }
  if (options.rounds == 0 || options.seconds == 0) refuse("--rounds and --seconds start at 1");
  return options;
}

int conclude(const Report& report, const Options& options) {
  std::fputs((options.json ? report.json() : report.table()).c_str(), stdout);
  return options.smoke || report.goals_reached() ? 0 : 1;
}

void progress(const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }

}  // namespace pim::bench
