// The roles that tokens carry. What each may do stands in the route table (routes.h).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace pim::api {

enum class Role : std::uint8_t { registrar, clinician, biller, auditor, operations, loadgen };

inline constexpr auto kRoleNames = std::to_array<std::string_view>(
    {"registrar", "clinician", "biller", "auditor", "operator", "loadgen"});

constexpr std::string_view to_string(Role role) {
  return kRoleNames[static_cast<std::size_t>(role)];
}
constexpr std::optional<Role> parse_role(std::string_view name) {
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

// Empty by default: nobody.
class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (const Role role : roles) bits_ |= bit(role);
  }
  constexpr bool contains(Role role) const { return (bits_ & bit(role)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr unsigned bit(Role role) { return 1U << static_cast<unsigned>(role); }
  unsigned bits_ = 0;
};

}  // namespace pim::api
