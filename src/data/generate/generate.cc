#include "data/generate/generate.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "data/generate/block_source.h"
#include "data/generate/ordered_output.h"
#include "data/generate/table_files.h"

namespace pim::data::generate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifestName = "manifest.json";

Err<GenerateError> usage(std::string message) {
  return Err{GenerateError{GenerateError::Kind::usage, std::move(message)}};
}
Err<GenerateError> environment(std::string message) {
  return Err{GenerateError{GenerateError::Kind::environment, std::move(message)}};
}

// Whether the directory's manifest names this very generation.
bool holds_same(const fs::path& directory, const std::string& generator) {
  std::ifstream in(directory / kManifestName, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto manifest = parse_manifest(text);
  return manifest && manifest->generator == generator;
}

// Nothing but what an interrupted generation leaves.
bool is_free(const fs::path& directory) {
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != ".partial") return false;
  }
  return !error;
}

std::optional<Err<GenerateError>> prepare(const GenerateOptions& options,
                                          const std::string& generator) {
  const fs::path directory(options.directory);
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return environment("cannot make " + options.directory + ": " + error.message());
  if (!fs::is_directory(directory, error)) {
    return environment(options.directory + " is not a directory");
  }
  if (!options.force && !is_free(directory) && !holds_same(directory, generator)) {
    return usage(options.directory +
                 " holds something else: name another directory, or overwrite with --force");
  }
  // While files are replaced, none may vouch for them.
  fs::remove(directory / kManifestName, error);
  return std::nullopt;
}

bool write_manifest(const fs::path& directory, const Manifest& manifest) {
  const fs::path partial = directory / (std::string(kManifestName) + ".partial");
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    out << to_json(manifest);
    if (!out.flush()) return false;
  }
  std::error_code error;
  fs::rename(partial, directory / kManifestName, error);
  return !error;
}

}  // namespace

Result<Manifest, GenerateError> generate_files(const Plan& plan, const GenerateOptions& options) {
  if (auto problem = problem_of(plan); !problem.empty()) return usage(std::move(problem));
  Manifest manifest;
  manifest.generator = command_of(plan, ending_of(options.kind));
  manifest.version = options.version + "+generator." + std::to_string(kGeneratorVersion);
  manifest.seed = plan.seed;
  if (auto problem = prepare(options, manifest.generator)) return *problem;

  auto files = TableFiles::create(options.directory, options.kind, true);
  if (!files) return environment(std::move(files.error().message));
  const GeneratedBlocks blocks(plan, options.kind);
  const std::uint64_t total = blocks.count();
  const bool done = write_in_order(
      blocks, 0, total, options.threads, [&](const Texts& texts) { return (*files)->write(texts); },
      [&](std::uint64_t block) {
        if (options.progress) options.progress(block, total, (*files)->rows());
      });
  if (!done) return environment((*files)->problem().value_or(TableFiles::Problem{}).message);
  auto entries = (*files)->finish();
  if (!entries) return environment(std::move(entries.error().message));
  manifest.files = std::move(*entries);
  if (!write_manifest(options.directory, manifest)) {
    return environment("cannot write " + options.directory + "/" + std::string(kManifestName));
  }
  return manifest;
}

}  // namespace pim::data::generate
