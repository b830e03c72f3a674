#include "cli/text_file.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace pim::cli {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

std::optional<std::string> read_trimmed(const std::string& path) {
  auto text = read_file(path);
  if (!text) return std::nullopt;
  constexpr std::string_view kSpace = " \t\r\n";
  text->erase(text->find_last_not_of(kSpace) + 1);
  text->erase(0, text->find_first_not_of(kSpace));
  return text;
}

bool write_file_atomically(const std::string& path, std::string_view text) {
  const std::string scratch = path + ".new-" + std::to_string(::getpid());
  std::FILE* file = std::fopen(scratch.c_str(), "wbe");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (written && closed && ::rename(scratch.c_str(), path.c_str()) == 0) return true;
  ::unlink(scratch.c_str());
  return false;
}

}  // namespace pim::cli
