// Prometheus' own tester of rules, run on files. `./lab test unit` fetches it and sets
// PIM_PROMTOOL.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace pim::rules {

struct PromtoolRun {
  bool passed = false;
  std::string output;
  std::chrono::nanoseconds took{0};
};

// `promtool ARGUMENT...`, with its output in a file below `directory`. Thread-safe for other
// directories.
PromtoolRun run_promtool(const std::vector<std::string>& arguments, const std::string& directory);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

}  // namespace pim::rules
