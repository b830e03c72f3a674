// A value or an error, for failures that are expected. Errors that are bugs abort; errors that are
// outcomes travel in one of these.
#pragma once

#include <optional>
#include <utility>
#include <variant>

namespace pim {

// Wraps an error so that Result<T, E> can be built from it even where T and E are the same type.
template <class E>
struct Err {
  E error;
};
template <class E>
Err(E) -> Err<E>;

template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(*-explicit-*)
  template <class F>
  Result(Err<F> err)  // NOLINT(*-explicit-*)
      : state_(std::in_place_index<1>, std::move(err.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition of the value accessors: ok(). Of error(): !ok().
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  E& error() { return *std::get_if<1>(&state_); }
  const E& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  template <class F>
  Result(Err<F> err) : error_(std::move(err.error)) {}  // NOLINT(*-explicit-*)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  E& error() { return *error_; }              // NOLINT(bugprone-unchecked-optional-access)
  const E& error() const { return *error_; }  // NOLINT(bugprone-unchecked-optional-access)

 private:
  std::optional<E> error_;
};

}  // namespace pim
