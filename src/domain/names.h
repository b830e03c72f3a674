// The catalogue of commands and events: their persisted names, in the order of the variants'
// alternatives.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

#include "domain/command.h"
#include "domain/event.h"

namespace pim {

inline constexpr auto kCommandNames = std::to_array<std::string_view>({
    "register-patient",     "amend-patient",    "deactivate-patient", "mark-patient-deceased",
    "register-provider",    "amend-provider",   "retire-provider",    "register-facility",
    "amend-facility",       "retire-facility",  "admit-encounter",    "transfer-encounter",
    "discharge-encounter",  "cancel-encounter", "reopen-encounter",   "record-diagnosis",
    "revise-diagnosis",     "void-diagnosis",   "record-procedure",   "void-procedure",
    "prescribe-medication", "stop-medication",  "void-medication",    "open-bill",
    "add-charge",           "void-charge",      "finalize-bill",      "void-bill",
});
static_assert(kCommandNames.size() == std::variant_size_v<Command>);

inline constexpr auto kEventTypes = std::to_array<std::string_view>({
    "patient-registered",    "patient-amended",     "patient-deactivated", "patient-deceased",
    "provider-registered",   "provider-amended",    "provider-retired",    "facility-registered",
    "facility-amended",      "facility-retired",    "encounter-admitted",  "encounter-transferred",
    "encounter-discharged",  "encounter-cancelled", "encounter-reopened",  "diagnosis-recorded",
    "diagnosis-revised",     "diagnosis-voided",    "procedure-recorded",  "procedure-voided",
    "medication-prescribed", "medication-stopped",  "medication-voided",   "bill-opened",
    "charge-added",          "charge-voided",       "bill-finalized",      "bill-voided",
});
static_assert(kEventTypes.size() == std::variant_size_v<Event>);

namespace detail {
template <class T, class... Others>
inline constexpr bool is_one_of = (std::is_same_v<T, Others> || ...);
}  // namespace detail

// The kind of stream that a command of type C changes.
template <class C>
constexpr StreamKind stream_kind_for() {
  if (detail::is_one_of<C, RegisterProvider, AmendProvider, RetireProvider>) {
    return StreamKind::provider;
  }
  if (detail::is_one_of<C, RegisterFacility, AmendFacility, RetireFacility>) {
    return StreamKind::facility;
  }
  return StreamKind::patient;
}

template <std::size_t N>
constexpr std::optional<std::size_t> index_of(const std::array<std::string_view, N>& names,
                                              std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

}  // namespace pim
