// The lock that one run of a project holds while it lasts, so that two never materialize at once.
//
// An flock on a file under .partita/: the kernel releases it however the process ends.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace partita {

class RunLock {
 public:
  // Nothing if another process holds it.
  static Result<std::optional<RunLock>> try_acquire(const Path& file);

  // Waits for it, unless told not to: ErrorCode::lease_held. `waiting` is told once, the process
  // id of who holds it.
  static Result<RunLock> acquire(const Path& file, bool no_wait,
                                 const std::function<void(std::int64_t pid)>& waiting);

  // The process id the holder wrote; 0 if unknown.
  static std::int64_t holder(const Path& file);

 private:
  explicit RunLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace partita
