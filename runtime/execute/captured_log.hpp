// What one partition printed, bounded: the last kMaxCapturedLog bytes, whole lines where possible.
#pragma once

#include <string>
#include <string_view>

#include "execute/executor.hpp"

namespace partita {

class CapturedLog {
 public:
  void add(std::string_view text) {
    text_.append(text);
    if (text_.size() > 2 * kMaxCapturedLog) drop_beginning();
  }
  void add_line(std::string_view line) {
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
    add(line);
    text_ += '\n';
  }
  // The text, after a line that says how much was dropped, if any was.
  std::string take() {
    if (text_.size() > kMaxCapturedLog) drop_beginning();
    std::string whole =
        dropped_ > 0 ? "[" + std::to_string(dropped_) + " earlier bytes dropped]\n" + text_ : text_;
    text_.clear();
    dropped_ = 0;
    return whole;
  }

 private:
  void drop_beginning() {
    std::size_t cut = text_.size() - kMaxCapturedLog;
    const std::size_t line_end = text_.find('\n', cut);
    if (line_end != std::string::npos && line_end - cut < 4096) cut = line_end + 1;
    text_.erase(0, cut);
    dropped_ += cut;
  }

  std::string text_;
  std::size_t dropped_ = 0;
};

}  // namespace partita
