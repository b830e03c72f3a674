#include "cli/command.h"

#include <cstdio>
#include <string>

namespace pim::cli {

int fail(ExitCode code, std::string_view message) {
  const std::string line = "pim: " + std::string(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  return code;
}

}  // namespace pim::cli
