#include "cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/display_text.hpp"
#include "service/views.hpp"

namespace partita {
namespace {

constexpr std::size_t kFlushAt = 64U << 10U;

// Later lines of a message or a hint stand under the first.
std::string labelled(std::string_view label, std::string_view text, const Look& look, Tone tone) {
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  std::string out = look.paint(tone, label) + " " + std::string(text.substr(0, line_end)) + "\n";
  if (line_end < text.size()) out += indented(text.substr(line_end + 1), "  ");
  return out;
}

}  // namespace

void Stream::write(std::string_view text) {
  if (broken_) return;
  pending_ += text;
  if (pending_.size() >= kFlushAt) flush();
}

void Stream::flush() {
  std::string_view rest = pending_;
  while (!rest.empty() && !broken_) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      broken_ = true;
      failure_ = errno == EPIPE ? 0 : errno;
    }
  }
  pending_.clear();
}

Output::Output(const OutputOptions& options)
    : options_(options),
      out_look_(decide_look(facts_of(STDOUT_FILENO), options.color)),
      err_look_(decide_look(facts_of(STDERR_FILENO), options.color)) {
  out_look_.hints = err_look_.hints = !options.quiet;
}

void Output::print(std::string_view text) {
  out_.write(text);
}

void Output::print_json(const Json& json) {
  out_.write(out_look_.terminal ? json.pretty() : json.dump());
  out_.write("\n");
}

void Output::narrate(std::string_view line) {
  if (!options_.quiet) write_narration(std::string(line) + "\n");
}

void Output::warn(std::string_view line) {
  if (options_.quiet) return;
  write_narration(labelled("warning:", line, err_look_, Tone::warning));
}

void Output::write_narration(std::string_view text) {
  out_.flush();
  err_.write(text);
  err_.flush();
}

void Output::fail(const Error& error) {
  if (options_.json) return print_json(to_json(error));
  write_narration(error_text(error, err_look_));
}

Status Output::flush() {
  out_.flush();
  if (out_.failure() == 0) return {};
  return io_error(fmt::format("write standard output: {}", std::strerror(out_.failure())));
}

std::string error_text(const Error& error, const Look& look) {
  std::string text = labelled("error:", error.message, look, Tone::bad);
  if (!error.hint.empty()) text += labelled("hint:", error.hint, look, Tone::accent);
  return text;
}

}  // namespace partita
