// The operations that a run asks for, by number: the routes' names, and two of our own.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pim::load {

struct Operation {
  std::string_view name;
  bool command = false;
};

inline constexpr auto kOperations = std::to_array<Operation>({
    {"write", true},            // a command that was never chosen, because it was never sent
    {"read-own-write", false},  // the chart, at a position that was acknowledged before
    {"register-facility", true},
    {"register-provider", true},
    {"register-patient", true},
    {"amend-patient", true},
    {"admit-encounter", true},
    {"transfer-encounter", true},
    {"discharge-encounter", true},
    {"cancel-encounter", true},
    {"reopen-encounter", true},
    {"record-diagnosis", true},
    {"revise-diagnosis", true},
    {"record-procedure", true},
    {"prescribe-medication", true},
    {"stop-medication", true},
    {"open-bill", true},
    {"add-charge", true},
    {"void-charge", true},
    {"finalize-bill", true},
    {"get-chart", false},
    {"get-timeline", false},
    {"list-bills", false},
    {"get-provider", false},
    {"list-encounters-by-provider", false},
    {"get-facility", false},
    {"get-census", false},
    {"list-encounters-by-day", false},
    {"get-code-frequency", false},
});

// kOperations.size() where there is none of that name.
constexpr std::size_t operation_of(std::string_view name) {
  std::size_t i = 0;
  while (i < kOperations.size() && kOperations[i].name != name) ++i;
  return i;
}
inline constexpr std::size_t kWrite = operation_of("write");
inline constexpr std::size_t kReadOwnWrite = operation_of("read-own-write");

}  // namespace pim::load
