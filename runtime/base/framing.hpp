// Frames over a stream socket: a 32-bit length, then so many bytes. For one reader and one writer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace partita {

inline constexpr std::size_t kMaxFrame = 256U << 20U;

// A frame as its bytes.
std::string framed(std::string_view payload);

// Writes a whole frame; blocks while the socket is full. Never raises SIGPIPE.
Status write_frame(int fd, std::string_view payload);

// Blocks for one frame. No value: the other end closed between frames.
Result<std::optional<std::string>> read_frame(int fd);

// Frames on their way out, sent as the socket takes them: many small ones in one write.
class FrameQueue {
 public:
  Status add(std::string_view payload);
  // Sends what can be sent without blocking. True: everything has been.
  Result<bool> flush(int fd);
  bool empty() const { return begin_ == bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

// Collects bytes as they come, for a socket that is polled.
class FrameBuffer {
 public:
  // Reads what is there, without blocking. False: the other end has closed.
  Result<bool> fill(int fd);
  // Takes bytes that came another way. Fails where they announce a frame that is too long.
  Status add(std::string_view bytes);
  // The next whole frame, if there is one.
  std::optional<std::string> next();

 private:
  void forget_taken();
  Status check_length() const;

  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace partita
