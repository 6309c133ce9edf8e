// Output: where a command's words go: data to standard output, narration to standard error.
//
// Standard output is buffered until flush() or narration. A reader that went away (EPIPE) is no
// error: what follows is dropped. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"
#include "cli/look.hpp"

namespace partita {

// One stream, written with as few system calls as it takes.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}
  void write(std::string_view text);
  void flush();
  // The errno of the first write that failed, but for EPIPE; 0 if none did.
  int failure() const { return failure_; }

 private:
  int fd_;
  std::string pending_;
  bool broken_ = false;
  int failure_ = 0;
};

struct OutputOptions {
  ColorChoice color = ColorChoice::automatic;
  bool json = false;
  bool quiet = false;
};

class Output {
 public:
  explicit Output(const OutputOptions& options);

  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }
  const Look& look() const { return out_look_; }  // of standard output
  const Look& narration_look() const { return err_look_; }

  void print(std::string_view text);  // data; ends with a newline if it is lines
  void print_json(const Json& json);
  // What a command answers: `json()` with --json, else `text()`; the other is never made.
  template <class MakeJson, class MakeText>
  void answer(const MakeJson& json, const MakeText& text) {
    if (options_.json) {
      print_json(json());
    } else {
      print(text());
    }
  }
  void narrate(std::string_view line);          // without newline; nothing with --quiet
  void warn(std::string_view line);             // `warning: ...`; nothing with --quiet
  void write_narration(std::string_view text);  // as it is: progress
  // `error: ...` and `hint: ...` on standard error, or {"error": ...} on standard output.
  void fail(const Error& error);
  // Writes what is pending. Fails if data could not be written.
  Status flush();

 private:
  OutputOptions options_;
  Look out_look_;
  Look err_look_;
  Stream out_{1};
  Stream err_{2};
};

// `error: ...` and, under it, `hint: ...`.
std::string error_text(const Error& error, const Look& look);

}  // namespace partita
