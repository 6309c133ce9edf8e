#include "base/framing.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace partita {
namespace {

// Both ends are processes of one machine: the length is in its byte order.
constexpr std::size_t kHeader = sizeof(std::uint32_t);
constexpr std::size_t kChunk = 1U << 20U;

Error socket_error(std::string_view action) {
  return io_error(fmt::format("{}: {}", action, std::strerror(errno)));
}

bool must_wait() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

void wait_for(int fd, short events) {
  pollfd item{fd, events, 0};
  ::poll(&item, 1, -1);
}

Error too_long(std::size_t length) {
  return io_error(fmt::format("read a frame: length {} is above the limit {}", length, kMaxFrame));
}

Error too_long_to_write(std::size_t length) {
  return io_error(fmt::format("write a frame: length {} is above the limit {}", length, kMaxFrame));
}

std::size_t length_at(const char* header) {
  std::uint32_t length = 0;
  std::memcpy(&length, header, sizeof length);
  return length;
}

// Moves the beginning of what is left to send past `sent` bytes.
void advance(iovec (&parts)[2], std::size_t sent) {
  for (iovec& part : parts) {
    const std::size_t step = std::min(sent, part.iov_len);
    part.iov_base = static_cast<char*>(part.iov_base) + step;
    part.iov_len -= step;
    sent -= step;
  }
}

// Reads until `size` bytes are there; fewer where the other end closed.
Result<std::size_t> read_fully(int fd, char* into, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::recv(fd, into + done, size - done, 0);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (must_wait()) {
      wait_for(fd, POLLIN);
    } else if (errno != EINTR) {
      return socket_error("read a frame");
    }
  }
  return done;
}

}  // namespace

Status write_frame(int fd, std::string_view payload) {
  if (payload.size() > kMaxFrame) return too_long_to_write(payload.size());
  auto length = static_cast<std::uint32_t>(payload.size());
  iovec parts[2] = {{&length, sizeof length}, {const_cast<char*>(payload.data()), payload.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent >= 0) {
      advance(parts, static_cast<std::size_t>(sent));
    } else if (must_wait()) {
      wait_for(fd, POLLOUT);
    } else if (errno != EINTR) {
      return socket_error("write a frame");
    }
  }
  return {};
}

Result<std::optional<std::string>> read_frame(int fd) {
  char header[kHeader];
  Result<std::size_t> got = read_fully(fd, header, kHeader);
  if (!got) return std::move(got).error();
  if (*got == 0) return std::optional<std::string>();
  if (*got < kHeader) return io_error("read a frame: the other end closed within its length");

  const std::size_t length = length_at(header);
  if (length > kMaxFrame) return too_long(length);
  // Grown as bytes come: a length alone, from a process that runs foreign code, reserves nothing.
  std::string payload;
  while (payload.size() < length) {
    const std::size_t begin = payload.size();
    const std::size_t step = std::min(kChunk, length - begin);
    payload.resize(begin + step);
    got = read_fully(fd, payload.data() + begin, step);
    if (!got) return std::move(got).error();
    if (*got < step) {
      return io_error(fmt::format("read a frame: the other end closed after {} of {} bytes",
                                  begin + *got, length));
    }
  }
  return std::optional<std::string>(std::move(payload));
}

std::string framed(std::string_view payload) {
  const auto length = static_cast<std::uint32_t>(payload.size());
  std::string bytes(kHeader, '\0');
  std::memcpy(bytes.data(), &length, kHeader);
  return bytes.append(payload);
}

Status FrameQueue::add(std::string_view payload) {
  if (payload.size() > kMaxFrame) return too_long_to_write(payload.size());
  bytes_.append(framed(payload));
  return {};
}

Result<bool> FrameQueue::flush(int fd) {
  while (!empty()) {
    const ssize_t sent =
        ::send(fd, bytes_.data() + begin_, bytes_.size() - begin_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      begin_ += static_cast<std::size_t>(sent);
    } else if (must_wait()) {
      return false;
    } else if (errno != EINTR) {
      return socket_error("write frames");
    }
  }
  bytes_.clear();
  begin_ = 0;
  return true;
}

void FrameBuffer::forget_taken() {
  bytes_.erase(0, begin_);
  begin_ = 0;
}

Status FrameBuffer::check_length() const {
  if (bytes_.size() - begin_ < kHeader) return {};
  const std::size_t length = length_at(bytes_.data() + begin_);
  return length > kMaxFrame ? Status(too_long(length)) : Status();
}

Status FrameBuffer::add(std::string_view bytes) {
  forget_taken();
  bytes_.append(bytes);
  return check_length();
}

Result<bool> FrameBuffer::fill(int fd) {
  forget_taken();
  char buffer[65536];
  bool open = true;
  for (std::size_t taken = 0; taken < kChunk;) {
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0) {
      bytes_.append(buffer, static_cast<std::size_t>(got));
      taken += static_cast<std::size_t>(got);
    } else if (got == 0 || errno == ECONNRESET) {
      open = false;
      break;
    } else if (must_wait()) {
      break;
    } else if (errno != EINTR) {
      return socket_error("read frames");
    }
  }
  if (Status fits = check_length(); !fits) return std::move(fits).error();
  return open;
}

std::optional<std::string> FrameBuffer::next() {
  const std::size_t there = bytes_.size() - begin_;
  if (there < kHeader) return std::nullopt;
  const std::size_t length = length_at(bytes_.data() + begin_);
  if (there - kHeader < length) return std::nullopt;
  std::string frame = bytes_.substr(begin_ + kHeader, length);
  begin_ += kHeader + length;
  return frame;
}

}  // namespace partita
