#include <fmt/format.h>

#include "base/text.hpp"
#include "partitions/key.hpp"
#include "plugin/declarations.hpp"

namespace partita {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Empty where the part may stand.
std::string fault_of_part(std::string_view part) {
  if (part.empty()) return "a part is empty";
  if (!is_letter_or_digit(part.front()) && part.front() != '_') {
    return "a part begins with a letter, a digit or `_`";
  }
  for (const char c : part) {
    if (is_letter_or_digit(c) || c == '_' || c == '-' || c == '.') continue;
    return "only letters, digits, `_`, `-` and `.` are allowed, and `/` between parts";
  }
  return {};
}

std::string fault_of_key(std::string_view key) {
  if (key.empty()) return "it is empty";
  if (key.size() > kMaxKeyBytes)
    return fmt::format("{} bytes, at most 512 are allowed", key.size());
  if (key.find("..") != std::string_view::npos) return "`..` is not allowed";
  for (const std::string& part : split(key, '/')) {
    if (std::string fault = fault_of_part(part); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace

Status validate_asset_key(std::string_view key) {
  const std::string fault = fault_of_key(key);
  if (fault.empty()) return {};
  return usage_error(fmt::format("key `{}`: {}", printable_key(key), fault));
}

Status validate_name(std::string_view name) {
  std::string fault = fault_of_key(name);
  if (fault.empty() && name.find('/') != std::string_view::npos) fault = "`/` is not allowed";
  if (fault.empty()) return {};
  return usage_error(fmt::format("name `{}`: {}", printable_key(name), fault));
}

}  // namespace partita
