#include "chaos/disk/disk_rules.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "chaos/every_so_many.h"
#include "chaos/kind.h"

namespace pim::chaos {

struct DiskRules::Rule {
  std::string files = "*";
  std::string operations = "all";  // or the only one
  std::chrono::nanoseconds delay{0};
  bool stalls = false;  // until the rule is removed
  int error = 0;
  EverySoMany fails{0};
  std::optional<std::uint64_t> free;  // bytes
  std::uint64_t hits = 0;
  bool removed = false;

  bool is_about(DiskOperation operation, const std::string& path) const {
    constexpr std::array<std::string_view, 4> kNames = {"read", "write", "sync", "name"};
    return (operations == "all" || operations == kNames[static_cast<std::size_t>(operation)]) &&
           ::fnmatch(files.c_str(), path.c_str(), 0) == 0;
  }
};

Result<RuleId, std::string> DiskRules::add(std::string_view kind, const ParameterTexts& texts) {
  const auto* known = find_kind(kind);
  if (known == nullptr || known->need != Need::disk) {
    return Err{"a fault disk knows no '" + std::string(kind) + "'"};
  }
  const auto parameters = Parameters::read(known->parameters, texts);
  if (!parameters) return Err{parameters.error().message};
  auto rule = std::make_shared<Rule>();
  if (kind == "disk-full") {
    rule->free = parameters->whole("free");
  } else {
    rule->files = parameters->text("files");
    rule->operations = kind.starts_with("fsync") ? "sync" : parameters->text("operations");
  }
  if (kind == "disk-slow") rule->delay = parameters->duration("delay");
  if (kind == "fsync-stall") rule->stalls = true;
  if (kind == "disk-eio" || kind == "fsync-fail") {
    rule->error = EIO;
    rule->fails = EverySoMany(parameters->number("percent"));
  }
  const std::lock_guard lock(mutex_);
  rules_.emplace(next_, std::move(rule));
  return next_++;
}

void DiskRules::remove(RuleId rule) {
  const std::lock_guard lock(mutex_);
  const auto found = rules_.find(rule);
  if (found == rules_.end()) return;
  found->second->removed = true;
  rules_.erase(found);
  removed_.notify_all();
}

std::uint64_t DiskRules::hits(RuleId rule) {
  const std::lock_guard lock(mutex_);
  const auto found = rules_.find(rule);
  return found == rules_.end() ? 0 : found->second->hits;
}

int DiskRules::before(DiskOperation operation, const std::string& path, std::uint64_t growth) {
  std::unique_lock lock(mutex_);
  std::vector<std::shared_ptr<Rule>> about;  // a rule may be removed while we wait for another
  for (const auto& [id, rule] : rules_) {
    if (rule->is_about(operation, path)) about.push_back(rule);
  }
  int error = 0;
  for (const auto& rule : about) {
    const auto gone = [&] { return rule->removed; };
    if (rule->stalls && !rule->removed) {
      ++rule->hits;
      removed_.wait(lock, gone);
    } else if (rule->delay.count() > 0 && !rule->removed) {
      ++rule->hits;
      removed_.wait_for(lock, rule->delay, gone);
    }
    if (rule->error != 0 && !rule->removed && rule->fails.next()) {
      ++rule->hits;
      error = rule->error;
    }
    if (rule->free && growth > 0 && !rule->removed) {
      if (growth > *rule->free) {
        ++rule->hits;
        error = ENOSPC;
      } else {
        *rule->free -= growth;
      }
    }
  }
  return error;
}

std::optional<std::uint64_t> DiskRules::free_bytes() const {
  const std::lock_guard lock(mutex_);
  std::optional<std::uint64_t> least;
  for (const auto& [id, rule] : rules_) {
    if (rule->free) least = std::min(least.value_or(*rule->free), *rule->free);
  }
  return least;
}

}  // namespace pim::chaos
