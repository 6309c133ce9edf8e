// A file's memory that the host and a worker have in common.
#pragma once

#include <cstddef>

#include "base/files.hpp"
#include "base/result.hpp"

namespace partita {

// The first `size` bytes of the file, opened with `flags`; for munmap(). Any thread.
Result<void*> map_shared(const Path& file, int flags, std::size_t size);

}  // namespace partita
