#include "promtool.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "load/child_process.h"

namespace pim::rules {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

PromtoolRun run_promtool(const std::vector<std::string>& arguments, const std::string& directory) {
  const char* program = std::getenv("PIM_PROMTOOL");
  const auto output = directory + "/promtool.log";
  std::filesystem::remove(output);
  load::ChildOptions options;
  options.arguments = {program == nullptr ? "promtool" : program};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.stdout_file = output;
  options.stderr_file = output;
  const auto begin = std::chrono::steady_clock::now();
  const auto exit = load::run_child(options, std::chrono::minutes(2));
  PromtoolRun run;
  run.took = std::chrono::steady_clock::now() - begin;
  run.passed = exit && exit->clean();
  run.output = exit ? read_file(output) : exit.error();
  return run;
}

}  // namespace pim::rules
