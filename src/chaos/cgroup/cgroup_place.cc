#include "chaos/cgroup/cgroup_place.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace pim::chaos {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool lists(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::ranges::find(words, word) != words.end();
}

struct Hierarchy {
  std::string_view root;  // which group stands at `directory`
  std::string_view directory;
};

// A line: id parent major:minor ROOT DIRECTORY options [optional]... - TYPE source OPTIONS
std::optional<Hierarchy> mounted(std::string_view mountinfo, std::string_view type,
                                 std::string_view controller) {
  for (const auto line : split(mountinfo, '\n')) {
    const auto words = split(line, ' ');
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 6 || words.end() - dash < 4 || dash[1] != type) continue;
    if (controller.empty() || lists(dash[3], controller)) return Hierarchy{words[3], words[4]};
  }
  return std::nullopt;
}

// A line: id:CONTROLLERS:PATH; version 2 has none.
std::optional<std::string_view> path_in(std::string_view cgroup, std::string_view controller) {
  for (const auto line : split(cgroup, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : lists(controllers, controller)) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

std::string directory_of(const Hierarchy& hierarchy, std::string_view path) {
  if (hierarchy.root != "/" && path.starts_with(hierarchy.root)) {
    path.remove_prefix(hierarchy.root.size());
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(hierarchy.directory) + std::string(path);
}

}  // namespace

Result<CgroupPlace, std::string> cgroup_place(std::string_view mountinfo, std::string_view cgroup,
                                              std::string_view controller) {
  CgroupPlace place;
  const auto first = mounted(mountinfo, "cgroup", controller);
  const auto first_path = path_in(cgroup, controller);
  if (first && first_path) {
    place.current = directory_of(*first, *first_path);
    place.parent = place.current;
    return place;
  }
  const auto second = mounted(mountinfo, "cgroup2", "");
  const auto second_path = path_in(cgroup, "");
  if (second && second_path) {
    place.v2 = true;
    place.current = directory_of(*second, *second_path);
    place.parent = place.current.size() == second->directory.size()
                       ? place.current
                       : place.current.substr(0, place.current.rfind('/'));
    return place;
  }
  return Err{"no cgroup controller '" + std::string(controller) +
             "' is mounted here; run where /sys/fs/cgroup is writable (a container: --privileged)"};
}

}  // namespace pim::chaos
