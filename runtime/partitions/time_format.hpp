// A TimeFormat writes local times as keys and reads them back, after strftime.
//
//   %Y %y %m %d %j %H %I %M %S %p %b %B %a %A %G %V %U %W %u %w %f %z %%  and %F %T %R
//
// All fields have a fixed width or are names, so that a text is read in one way. Names are English
// whatever the locale. Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "partitions/civil.hpp"

namespace partita {

class TimeFormat {
 public:
  static Result<TimeFormat> parse(std::string_view format);

  std::string write(LocalSeconds local, std::int64_t offset) const;

  struct Reading {
    LocalSeconds local = 0;              // the earliest time that is written so
    std::optional<std::int64_t> offset;  // of %z, or of an offset that follows the text
  };
  std::optional<Reading> read(std::string_view text) const;

  const std::string& text() const { return text_; }
  bool has(char conversion) const { return conversions_.find(conversion) != std::string::npos; }

 private:
  struct Piece {
    char conversion = 0;  // 0: a literal
    std::string literal;
  };
  Status refuse_digits_after_offset() const;

  std::string text_;
  std::string conversions_;
  std::vector<Piece> pieces_;
};

// `+0530`, with seconds where there are some: `-075258`.
std::string format_offset(std::int64_t seconds);

}  // namespace partita
