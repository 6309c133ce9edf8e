#include "cli/metadata_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

constexpr int kDigits = 6;
constexpr int kLeastDecimals = 2;
constexpr double kLargest = 1e15;
constexpr double kSmallest = 1e-4;
constexpr int kWidestName = 24;

std::string entry_text(std::string_view name, const std::string& value, int name_width,
                       const Look& look) {
  const std::string label = look.paint(Tone::faint, name);
  if (value.find('\n') != std::string::npos) return label + "\n" + indented(value + "\n", "  ");
  return padded_right(label, name_width) + "  " + value + "\n";
}

}  // namespace

std::string value_text(const Json& entry) {
  const Json& value = entry["value"];
  if (value.is_int()) return with_thousands(value.as_int());
  if (value.is_double()) return number_text(value.as_double());
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_string()) return std::string(trim(value.as_string()));
  return value.dump().size() <= 60 ? value.dump() : value.pretty();
}

std::string number_text(double number) {
  const double size = std::abs(number);
  if (!std::isfinite(number) || size >= kLargest || (size > 0 && size < kSmallest))
    return fmt::format("{:.6g}", number);
  const int whole_digits = size < 1 ? 1 : static_cast<int>(std::log10(size)) + 1;
  std::string text =
      fmt::format("{:.{}f}", number, std::max(kLeastDecimals, kDigits - whole_digits));
  const std::size_t point = text.find('.');
  if (point != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  const std::string fraction = point < text.size() ? text.substr(point) : "";
  const std::string whole = text.substr(0, std::min(point, text.size()));
  const std::string sign = whole.starts_with('-') ? "-" : "";
  return sign + with_thousands(std::stoll(whole.substr(sign.size()))) + fraction;
}

std::string metadata_text(const MetadataView& metadata, const Look& look, int indent) {
  int width = 0;
  for (const auto& [name, entry] : metadata) width = std::max(width, display_width(name));
  width = std::min(width, kWidestName);
  std::string out;
  for (const auto& [name, entry] : metadata)
    out += entry_text(name, value_text(entry), width, look);
  return indented(out, std::string(static_cast<std::size_t>(indent), ' '));
}

}  // namespace partita
