// Value: what metadata, configuration and resources hold. Made from a number, a bool or a text; a
// text can say what it is: markdown(), json(), path(), url().
#pragma once

#include <partita/abi.h>
#include <partita/detail/text.hpp>
#include <partita/errors.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)
namespace partita {

class Value {
 public:
  // Implicit, so that run.metadata("rows", 42) reads as it should.
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Value(T number) {
    if constexpr (std::is_same_v<T, bool>) {
      kind_ = PARTITA_VALUE_BOOL;
      integer_ = number ? 1 : 0;
    } else if constexpr (std::is_floating_point_v<T>) {
      kind_ = PARTITA_VALUE_FLOAT;
      real_ = static_cast<double>(number);
    } else {
      kind_ = PARTITA_VALUE_INT;
      integer_ = to_int64(number);
    }
  }
  // Anything that is a text: std::string, literals, std::filesystem::path.
  template <class T, std::enable_if_t<std::is_convertible_v<const T&, std::string_view> ||
                                          std::is_convertible_v<const T&, std::string>,
                                      int> = 0>
  Value(const T& text) : kind_(PARTITA_VALUE_TEXT) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      text_ = std::string_view(text);
    } else {
      text_ = static_cast<std::string>(text);
    }
  }
  Value(std::uint32_t kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  // PARTITA_VALUE_...
  std::uint32_t kind() const { return kind_; }

  // Nothing where the value is of another type. A whole number reads as a real one too; a whole
  // number that does not fit into T does not read as T.
  template <class T>
  std::optional<T> as() const {
    if constexpr (std::is_same_v<T, bool>) {
      if (kind_ == PARTITA_VALUE_BOOL) return integer_ != 0;
    } else if constexpr (std::is_floating_point_v<T>) {
      if (kind_ == PARTITA_VALUE_FLOAT) return static_cast<T>(real_);
      if (kind_ == PARTITA_VALUE_INT) return static_cast<T>(integer_);
    } else if constexpr (std::is_integral_v<T>) {
      if (kind_ == PARTITA_VALUE_INT && fits<T>(integer_)) return static_cast<T>(integer_);
    } else {
      static_assert(std::is_same_v<T, std::string>,
                    "a value reads as bool, a number type or std::string");
      if (kind_ >= PARTITA_VALUE_TEXT) return text_;
    }
    return std::nullopt;
  }

  std::string_view type_name() const {
    switch (kind_) {
      case PARTITA_VALUE_INT:
        return "an integer";
      case PARTITA_VALUE_FLOAT:
        return "a number";
      case PARTITA_VALUE_BOOL:
        return "a bool";
      default:
        return "a text";
    }
  }

  // Borrows from this value.
  partita_value to_abi() const {
    return {sizeof(partita_value), kind_, integer_, real_, detail::to_str(text_)};
  }
  static Value from_abi(const partita_value& value) {
    Value result(value.kind, std::string(detail::view(value.text)));
    result.integer_ = value.i;
    result.real_ = value.f;
    return result;
  }

 private:
  template <class T>
  static std::int64_t to_int64(T number) {
    if constexpr (std::is_unsigned_v<T>) {
      if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        throw Failed("store " + detail::decimal(number) + ": beyond 64 bits with a sign");
      }
    }
    return static_cast<std::int64_t>(number);
  }
  template <class T>
  static bool fits(std::int64_t number) {
    if (std::is_unsigned_v<T> && number < 0) return false;
    return static_cast<std::int64_t>(static_cast<T>(number)) == number;
  }

  std::uint32_t kind_;
  std::int64_t integer_ = 0;
  double real_ = 0;
  std::string text_;
};

inline Value markdown(std::string text) {
  return {PARTITA_VALUE_MARKDOWN, std::move(text)};
}
// One JSON value, already written.
inline Value json(std::string text) {
  return {PARTITA_VALUE_JSON, std::move(text)};
}
inline Value path(std::string text) {
  return {PARTITA_VALUE_PATH, std::move(text)};
}
inline Value url(std::string text) {
  return {PARTITA_VALUE_URL, std::move(text)};
}

namespace detail {

// What a default of type T reads as: a literal is a std::string.
template <class T>
using stored_t = std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, T>;

template <class T>
constexpr std::string_view wanted_name() {
  if constexpr (std::is_same_v<T, bool>)
    return "a bool";
  else if constexpr (std::is_floating_point_v<T>)
    return "a number";
  else if constexpr (std::is_integral_v<T>)
    return "an integer";
  else
    return "a text";
}

// `what` names the value in the error: "config `limit` of asset `orders`".
template <class T>
T value_or_fail(const Value& value, const std::string& what) {
  if (auto result = value.as<T>()) return *std::move(result);
  if (value.type_name() == wanted_name<T>()) throw Failed(what + " is out of range");
  throw Failed(what + " is " + std::string(value.type_name()) + ", want " +
               std::string(wanted_name<T>()));
}

}  // namespace detail
}  // namespace partita
#pragma GCC visibility pop
