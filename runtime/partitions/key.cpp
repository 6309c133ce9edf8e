#include "partitions/key.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/text.hpp"

namespace partita {
namespace {

constexpr std::size_t kShownBytes = 80;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// U+0080..U+009F, which UTF-8 writes as C2 80..C2 9F.
bool has_c1_control(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto next = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xc2' && next >= 0x80 && next < 0xa0) return true;
  }
  return false;
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    if (is_control(c)) return true;
  }
  return has_c1_control(text);
}

Error bad_key(std::string_view key, std::string_view why) {
  return usage_error(fmt::format("refuse partition key `{}`: {}", printable_key(key), why));
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

std::string output_name(std::string_view key) {
  return "@" + path_component(key);
}

std::string renamed_output(const std::string& output, std::string_view key, std::string_view now) {
  const std::filesystem::path path(output);
  if (key == now || path.filename() != output_name(key)) return output;
  return (path.parent_path() / output_name(now)).string();
}

std::string printable_key(std::string_view key) {
  const bool valid = is_valid_utf8(key);
  std::string shown;
  for (const char c : key.substr(0, kShownBytes)) {
    const bool escape = is_control(c) || (!valid && static_cast<signed char>(c) < 0);
    shown += escape ? fmt::format("\\x{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  if (key.size() <= kShownBytes) return shown;
  while (!is_valid_utf8(shown)) shown.pop_back();
  return shown + fmt::format(" and {} more bytes", key.size() - kShownBytes);
}

Status validate_key(std::string_view key) {
  if (key.empty()) return usage_error("refuse an empty partition key");
  if (key.size() > kMaxKeyBytes) {
    return bad_key(
        key, fmt::format("it has {} bytes, at most {} are allowed", key.size(), kMaxKeyBytes));
  }
  if (!is_valid_utf8(key)) return bad_key(key, "it is not UTF-8");
  if (has_control(key)) return bad_key(key, "it has a control character");
  if (key.find("...") != key.npos) return bad_key(key, "it has `...`, which writes a range");
  return {};
}

Status validate_dimension_key(std::string_view key) {
  if (Status status = validate_key(key); !status) return status;
  const std::size_t at = key.find_first_of("|,[]");
  if (at == key.npos) return {};
  return bad_key(key, fmt::format("`{}` is not allowed in a dimension of a product", key[at]));
}

Status validate_dimension_name(std::string_view name) {
  bool valid = !name.empty() && name.size() <= 64 && name[0] != '-';
  for (const char c : name) valid = valid && (is_letter(c) || (c >= '0' && c <= '9') || c == '-');
  if (valid) return {};
  return usage_error(fmt::format("refuse dimension name `{}`: want letters, digits, `_` or `-`",
                                 printable_key(name)));
}

}  // namespace partita
