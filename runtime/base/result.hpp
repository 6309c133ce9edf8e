// Result<T>: a value, or an Error that says what went wrong, where and what to do.
//
// The member names are std::expected's, which this becomes once the compiler has it. Errors are
// wrapped on the way up (`open prices.so: wrong abi 2, want 1`), never logged and returned.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace partita {

// What kind of failure this is; it decides the exit code of a command.
enum class ErrorCode {
  usage,        // the command line, the configuration or a selection is wrong (exit 2)
  definitions,  // a plugin or the set of definitions does not load or validate (exit 3)
  plan_moved,   // what a frozen plan rests on has changed (exit 5)
  lease_held,   // another process holds what is needed, and waiting was declined (exit 6)
  not_found,    // a thing that was named does not exist (exit 2)
  io,           // a file, the store or the system refused (exit 70)
  damaged,      // the store's file is not what was written to it (exit 70)
  internal,     // a defect of Partita (exit 70)
  timeout,      // a time limit passed (exit 124)
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // lower case, verb first, no full stop
  std::string hint;     // the next thing to type or do; may be empty

  // The same error with `context: ` in front of its message.
  [[nodiscard]] Error wrap(std::string_view context) && {
    message = std::string(context) + ": " + message;
    return std::move(*this);
  }
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  bool has_value() const { return ok_; }
  explicit operator bool() const { return ok_; }
  Error& error() & { return error_; }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool ok_ = true;
};

using Status = Result<void>;

inline Error usage_error(std::string message, std::string hint = {}) {
  return {ErrorCode::usage, std::move(message), std::move(hint)};
}
inline Error io_error(std::string message, std::string hint = {}) {
  return {ErrorCode::io, std::move(message), std::move(hint)};
}

}  // namespace partita
