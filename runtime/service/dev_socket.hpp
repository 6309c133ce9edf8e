// The socket by which other processes of a project know that a `partita dev` runs, and tell it that
// definitions were reloaded.
//
// .partita/dev.sock, made and removed by the dev process, which holds .partita/dev.lock for as long
// as it lives. What is told is one line; there is no answer.
#pragma once

#include <optional>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/result.hpp"
#include "service/file_lock.hpp"

namespace partita {

class DevSocket {
 public:
  // Refused where another process has it.
  static Result<DevSocket> listen(const Path& state);
  DevSocket(DevSocket&&) noexcept = default;
  DevSocket& operator=(DevSocket&&) = delete;
  ~DevSocket();

  int descriptor() const { return socket_.get(); }
  // Whether somebody has told of a reload since. Does not block.
  bool take();

 private:
  DevSocket(Path file, FileLock lock, Descriptor socket)
      : file_(std::move(file)), lock_(std::move(lock)), socket_(std::move(socket)) {}

  Path file_;
  FileLock lock_;
  Descriptor socket_;
};

bool dev_is_running(const Path& state);
// Does nothing where none runs, or it is this process.
void tell_dev_of_reload(const Path& state);

}  // namespace partita
