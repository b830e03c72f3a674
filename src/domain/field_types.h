// The kinds of values that field lists may hold: what the JSON reader, writer and schema dispatch
// on.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "domain/codes.h"
#include "domain/field.h"
#include "domain/ids.h"

namespace pim {

namespace detail {
template <class T, template <class...> class Template>
inline constexpr bool is_instance = false;
template <template <class...> class Template, class... Args>
inline constexpr bool is_instance<Template<Args...>, Template> = true;
}  // namespace detail

template <class T>
concept IdType = detail::is_instance<T, Id>;
template <class T>
concept CodeType = detail::is_instance<T, Code>;
template <class T>
concept OptionalType = detail::is_instance<T, std::optional>;
template <class T>
concept EnumType = std::is_enum_v<T>;
// What JSON carries as a string.
template <class T>
concept TextType = IdType<T> || CodeType<T> || EnumType<T> || std::same_as<T, Uuid> ||
                   std::same_as<T, UtcMillis> || std::same_as<T, std::string>;
template <class T>
concept IntegerType = std::integral<T> && !std::same_as<T, bool>;

template <class T>
struct ValueOf {
  using type = T;
};
template <class T>
struct ValueOf<std::optional<T>> {
  using type = T;
};
// What a field holds where it is present.
template <class T>
using value_of_t = typename ValueOf<T>::type;

}  // namespace pim
