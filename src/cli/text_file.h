// Small text files: tokens, ready files, reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pim::cli {

std::optional<std::string> read_file(const std::string& path);
// The file's text without surrounding white space: a token.
std::optional<std::string> read_trimmed(const std::string& path);
// Whole or not at all: written beside its place, then renamed. False: errno says why.
bool write_file_atomically(const std::string& path, std::string_view text);

}  // namespace pim::cli
