#include "data/manifest.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "data/sha256.h"

namespace pim::data {
namespace {

constexpr int kManifestFormat = 1;
constexpr auto kOrigins = std::to_array<std::string_view>({"generated", "mocked", "mockaroo"});

Err<ManifestError> not_a_manifest(const std::string& why) {
  return Err{ManifestError{"this is no manifest of format 1: " + why}};
}

bool is_sha256(std::string_view text) {
  std::array<std::uint8_t, 32> bytes{};
  return from_hex(text, bytes);
}

}  // namespace

std::string_view to_string(Origin origin) { return kOrigins[static_cast<std::size_t>(origin)]; }

std::string to_json(const Manifest& manifest) {
  nlohmann::ordered_json json = {
      {"format", kManifestFormat},       {"synthetic", manifest.synthetic},
      {"generator", manifest.generator}, {"version", manifest.version},
      {"seed", manifest.seed},           {"files", nlohmann::ordered_json::array()}};
  for (const auto& file : manifest.files) {
    json["files"].push_back({{"name", file.name},
                             {"table", file.table},
                             {"origin", to_string(file.origin)},
                             {"schema", file.schema},
                             {"rows", file.rows},
                             {"bytes", file.bytes},
                             {"sha256", file.sha256}});
  }
  return json.dump(2) + "\n";
}

Result<Manifest, ManifestError> parse_manifest(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return not_a_manifest("it is not a JSON object");
  Manifest manifest;
  try {
    if (json.at("format") != kManifestFormat) return not_a_manifest("it has another format");
    json.at("synthetic").get_to(manifest.synthetic);
    json.at("generator").get_to(manifest.generator);
    json.at("version").get_to(manifest.version);
    json.at("seed").get_to(manifest.seed);
    for (const auto& each : json.at("files")) {
      ManifestFile file;
      each.at("name").get_to(file.name);
      each.at("table").get_to(file.table);
      each.at("schema").get_to(file.schema);
      each.at("rows").get_to(file.rows);
      each.at("bytes").get_to(file.bytes);
      each.at("sha256").get_to(file.sha256);
      const auto origin = each.at("origin").get<std::string>();
      const auto* const known = std::find(kOrigins.begin(), kOrigins.end(), origin);
      if (known == kOrigins.end()) return not_a_manifest(file.name + " has an unknown origin");
      file.origin = static_cast<Origin>(known - kOrigins.begin());
      if (!is_sha256(file.sha256)) return not_a_manifest(file.name + " has no SHA-256");
      if (file.name.find('/') != std::string::npos) {
        return not_a_manifest(file.name + " is not beside it");
      }
      manifest.files.push_back(std::move(file));
    }
  } catch (const nlohmann::json::exception& problem) {  // a field is missing or of another type
    return not_a_manifest(problem.what());
  }
  return manifest;
}

std::optional<FileDigest> digest_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  Sha256 hash;
  FileDigest digest;
  std::array<char, 1 << 16> buffer{};
  while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
    hash.add({buffer.data(), static_cast<std::size_t>(in.gcount())});
    digest.bytes += static_cast<std::uint64_t>(in.gcount());
  }
  if (in.bad()) return std::nullopt;
  digest.sha256 = hash.hex();
  return digest;
}

}  // namespace pim::data
