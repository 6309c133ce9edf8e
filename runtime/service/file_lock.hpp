// A lock that one process holds: an flock on a file under .partita/, which the kernel releases
// however the process ends.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace partita {

class FileLock {
 public:
  // Nothing if another process holds it.
  static Result<std::optional<FileLock>> try_acquire(const Path& file);

  // Waits for it. `waiting` is asked again and again, with the process id of who holds it, whether
  // to go on waiting: its error ends it.
  static Result<FileLock> acquire(const Path& file,
                                  const std::function<Status(std::int64_t pid)>& waiting);

  // Whether somebody holds it; there need be no such file.
  static bool is_held(const Path& file);
  // The process id the holder wrote; 0 if unknown.
  static std::int64_t holder(const Path& file);

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace partita
