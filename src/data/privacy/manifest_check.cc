#include "data/privacy/manifest_check.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace pim::data::privacy {
namespace {

constexpr std::string_view kManifestName = "manifest.json";
constexpr Place kWhole{0, 0};

}  // namespace

ManifestCheck::ManifestCheck(Report& report, const std::string& directory)
    : report_(report), directory_(directory) {}

std::string ManifestCheck::path_of(std::string_view name) const {
  return directory_.empty() ? std::string(name) : directory_ + "/" + std::string(name);
}

void ManifestCheck::read() {
  const auto path = path_of(kManifestName);
  report_.looked_at(Rule::manifest_missing);
  std::ifstream in(path, std::ios::binary);
  if (!in) return report_.add(Rule::manifest_missing, path, kWhole);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  report_.looked_at(Rule::manifest_malformed);
  auto parsed = parse_manifest(text);
  if (!parsed) return report_.add(Rule::manifest_malformed, path, kWhole);
  report_.looked_at(Rule::manifest_synthetic);
  if (!parsed->synthetic) report_.add(Rule::manifest_synthetic, path, kWhole);
  manifest_ = std::move(*parsed);
}

const ManifestFile* ManifestCheck::find(std::string_view name) const {
  if (!manifest_) return nullptr;
  const auto file = std::ranges::find(manifest_->files, name, &ManifestFile::name);
  return file == manifest_->files.end() ? nullptr : &*file;
}

void ManifestCheck::check_directory() {
  if (!manifest_) return;
  for (const auto& file : manifest_->files) {
    report_.looked_at(Rule::manifest_absent_file);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path_of(file.name), ignored)) {
      report_.add(Rule::manifest_absent_file, path_of(kManifestName), kWhole, file.name);
    }
  }
  std::error_code ignored;
  const auto place =
      directory_.empty() ? std::filesystem::path(".") : std::filesystem::path(directory_);
  std::vector<std::string> others;
  for (const auto& entry : std::filesystem::directory_iterator(place, ignored)) {
    const auto name = entry.path().filename().string();
    // files are asked one by one, by check_file
    if (!entry.is_regular_file(ignored)) others.push_back(name);
  }
  std::ranges::sort(others);
  for (const auto& name : others) {
    report_.looked_at(Rule::manifest_unlisted_file);
    report_.add(Rule::manifest_unlisted_file, path_of(name), kWhole);
  }
}

void ManifestCheck::check_file(const std::string& name) {
  if (!manifest_) return;
  report_.looked_at(Rule::manifest_unlisted_file);
  const auto* listed = find(name);
  if (listed == nullptr) {
    return report_.add(Rule::manifest_unlisted_file, path_of(name), kWhole);
  }
  const auto digest = digest_file(path_of(name));
  if (!digest) return;  // whoever reads its rows says so
  report_.looked_at(Rule::manifest_size);
  same_bytes_[name] = false;
  if (digest->bytes != listed->bytes) {
    return report_.add(Rule::manifest_size, path_of(name), kWhole);
  }
  report_.looked_at(Rule::manifest_hash);
  if (digest->sha256 != listed->sha256) {
    return report_.add(Rule::manifest_hash, path_of(name), kWhole);
  }
  same_bytes_[name] = true;
}

void ManifestCheck::check_rows(const std::string& name, std::uint64_t rows) {
  const auto* listed = find(name);
  const auto same = same_bytes_.find(name);
  // other bytes were reported; their rows say nothing more
  if (listed == nullptr || same == same_bytes_.end() || !same->second) return;
  report_.looked_at(Rule::manifest_rows);
  if (rows != listed->rows) report_.add(Rule::manifest_rows, path_of(name), kWhole);
}

}  // namespace pim::data::privacy
