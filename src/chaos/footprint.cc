#include "chaos/footprint.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "chaos/restore.h"
#include "domain/json.h"
#include "load/socket.h"

namespace pim::chaos {
namespace {

constexpr std::string_view kEnding = ".json";

std::string to_json(const ProcessId& injector, const Footprint& footprint) {
  std::string json = "{\"restore\":";
  append_json_string(json, footprint.restore);
  json += ",\"target\":";
  append_json_string(json, footprint.target);
  json += ",\"injector\":{\"pid\":" + std::to_string(injector.pid) +
          ",\"started\":" + std::to_string(injector.started) + "},\"fields\":{";
  for (bool first = true; const auto& [name, value] : footprint.fields) {
    if (!std::exchange(first, false)) json += ',';
    append_json_string(json, name);
    json += ':';
    append_json_string(json, value);
  }
  return json + "}}\n";
}

bool read_json(const std::string& file, Footprints::Left& left) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string_view restore;
  std::string_view target;
  std::int64_t pid = 0;
  simdjson::dom::object fields;
  if (parser.load(file).get(document) != simdjson::SUCCESS ||
      document["restore"].get(restore) != simdjson::SUCCESS ||
      document["target"].get(target) != simdjson::SUCCESS ||
      document["injector"]["pid"].get(pid) != simdjson::SUCCESS ||
      document["injector"]["started"].get(left.injector.started) != simdjson::SUCCESS ||
      document["fields"].get(fields) != simdjson::SUCCESS) {
    return false;
  }
  left.injector.pid = static_cast<pid_t>(pid);
  left.footprint.restore = restore;
  left.footprint.target = target;
  for (const auto& [name, value] : fields) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    left.footprint.fields.emplace(name, text);
  }
  return true;
}

// What it says is done with our rights: nobody else may have written it.
bool is_ours(const std::string& file) {
  struct stat status{};
  return ::lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

Footprints::Footprints(std::string directory) : directory_(std::move(directory)) {}

Result<std::string, std::string> Footprints::keep(const Footprint& footprint) {
  static std::atomic<std::uint64_t> next{0};
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  const auto self = identify(::getpid());
  const std::string file = directory_ + "/" + std::to_string(::getpid()) + "-" +
                           std::to_string(next++) + std::string(kEnding);
  const std::string half = file + ".half";
  const std::string json = to_json(self.value_or(ProcessId{::getpid(), 0}), footprint);
  const load::Fd out(::open(half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!out || ::write(out.get(), json.data(), json.size()) != static_cast<ssize_t>(json.size()) ||
      ::rename(half.c_str(), file.c_str()) != 0) {
    const int problem = errno;
    ::unlink(half.c_str());
    return Err{load::system_error("writing " + file, problem) +
               "; without it `pim chaos undo` could not restore"};
  }
  return file;
}

void Footprints::forget(const std::string& file) { ::unlink(file.c_str()); }

std::vector<Footprints::Left> Footprints::all(std::vector<std::string>& problems) const {
  std::vector<Left> all;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    Left left;
    left.file = entry.path().string();
    if (!left.file.ends_with(kEnding)) continue;
    if (!is_ours(left.file)) {
      problems.push_back(left.file + ": somebody else may have written it; look, then remove it");
    } else if (!read_json(left.file, left)) {
      problems.push_back(left.file + ": not a footprint (docs/formats/footprint.md)");
    } else {
      all.push_back(std::move(left));
    }
  }
  std::ranges::sort(all, {}, &Left::file);
  return all;
}

Result<void, std::string> restore(const Footprint& footprint) {
  const auto* const way = std::ranges::find(kRestoreWays, footprint.restore, &RestoreWay::name);
  if (way == kRestoreWays.end()) {
    return Err{"'" + footprint.restore + "' is no way to restore; a later version may know it"};
  }
  return way->restore(footprint);
}

}  // namespace pim::chaos
