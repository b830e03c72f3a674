#include "telemetry/trace_state.h"

#include <algorithm>
#include <vector>

namespace pim::telemetry {
namespace {

constexpr std::size_t kMaxMembers = 32;
constexpr std::size_t kLongMember = 128;

std::string_view without_spaces(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool starts_key(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool in_key(char c) {
  return starts_key(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
}
bool in_value(char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; }

bool valid_member(std::string_view key, std::string_view value) {
  return !key.empty() && key.size() <= 256 && starts_key(key.front()) &&
         std::ranges::all_of(key, in_key) && !value.empty() && value.size() <= 256 &&
         std::ranges::all_of(value, in_value);
}

std::string_view key_of(std::string_view member) { return member.substr(0, member.find('=')); }

// False where one of them must not be handed on.
bool split(std::string_view header, std::vector<std::string_view>& members) {
  while (!header.empty()) {
    const auto comma = std::min(header.find(','), header.size());
    const auto member = without_spaces(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (member.empty()) continue;
    const auto key = key_of(member);
    if (members.size() == kMaxMembers || key.size() == member.size() ||
        !valid_member(key, member.substr(key.size() + 1)) ||
        std::ranges::find(members, key, key_of) != members.end()) {
      return false;
    }
    members.push_back(member);
  }
  return true;
}

void shorten(std::vector<std::string_view>& members) {
  std::size_t size = 0;  // with a comma each
  for (const auto member : members) size += member.size() + 1;
  const auto drop = [&](auto at) {
    size -= at->size() + 1;
    members.erase(at);
  };
  const auto is_long = [](std::string_view member) { return member.size() > kLongMember; };
  while (size > kMaxTraceState + 1) {
    const auto last_long = std::find_if(members.rbegin(), members.rend(), is_long);
    drop(last_long == members.rend() ? members.end() - 1 : last_long.base() - 1);
  }
}

}  // namespace

std::string trace_state(std::string_view header) {
  std::vector<std::string_view> members;
  if (!split(header, members)) return {};
  shorten(members);
  std::string state;
  for (const auto member : members) {
    if (!state.empty()) state += ',';
    state += member;
  }
  return state;
}

}  // namespace pim::telemetry
