#include "data/generate/table_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "data/tables.h"

namespace pim::data::generate {

std::string_view ending_of(FileKind kind) {
  switch (kind) {
    case FileKind::csv:
      break;
    case FileKind::jsonl:
      return "jsonl";
    case FileKind::sql:
      return "sql";
  }
  return "csv";
}

Result<std::unique_ptr<TableFiles>, TableFiles::Problem> TableFiles::create(
    const std::string& directory, FileKind kind, bool hash) {
  std::unique_ptr<TableFiles> files(new TableFiles);
  files->directory_ = directory;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    File& file = files->files_[i];
    file.table = all_tables()[i].name;
    file.name = file.table + "." + std::string(ending_of(kind));
    if (hash) file.hash.emplace();
    const std::string path = files->partial(file);
    file.fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file.fd < 0) {
      return Err{Problem{"cannot write " + path + ": " + std::strerror(errno)}};
    }
    if (!files->append(file, head_of(kind, static_cast<TableIndex>(i)))) {
      return Err{*files->problem_};
    }
  }
  return files;
}

TableFiles::~TableFiles() {
  for (const File& file : files_) {
    if (file.fd >= 0) ::close(file.fd);
  }
}

bool TableFiles::append(File& file, std::string_view text) {
  file.bytes += text.size();
  if (file.hash) file.hash->add(text);
  while (!text.empty()) {
    const ssize_t written = ::write(file.fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      problem_ = Problem{"cannot write " + partial(file) + ": " + std::strerror(errno)};
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool TableFiles::write(const Texts& texts) {
  if (problem_) return false;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    files_[i].rows += texts.rows[i];
    if (texts.of[i].size() > 0 && !append(files_[i], texts.of[i].view())) return false;
  }
  return true;
}

Result<std::vector<ManifestFile>, TableFiles::Problem> TableFiles::finish() {
  if (problem_) return Err{*problem_};
  std::vector<ManifestFile> entries;
  for (File& file : files_) {
    const std::string path = directory_ + "/" + file.name;
    if (::close(std::exchange(file.fd, -1)) != 0 ||
        std::rename(partial(file).c_str(), path.c_str()) != 0) {
      return Err{Problem{"cannot finish " + path + ": " + std::strerror(errno)}};
    }
    ManifestFile entry;
    entry.name = file.name;
    entry.table = file.table;
    entry.origin = Origin::generated;
    entry.rows = file.rows;
    entry.bytes = file.bytes;
    if (file.hash) entry.sha256 = file.hash->hex();
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::uint64_t TableFiles::rows() const {
  std::uint64_t sum = 0;
  for (const File& file : files_) sum += file.rows;
  return sum;
}
std::uint64_t TableFiles::bytes() const {
  std::uint64_t sum = 0;
  for (const File& file : files_) sum += file.bytes;
  return sum;
}

}  // namespace pim::data::generate
