#include "execute/shared_page.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"

namespace partita {

Result<void*> map_shared(const Path& file, int flags, std::size_t size) {
  const auto failed = [&](int error) {
    return io_error(fmt::format("share {} with a worker: {}", file.string(), std::strerror(error)));
  };
  const Descriptor shared(::open(file.c_str(), flags, 0600));
  if (!shared.is_open()) return failed(errno);
  // The blocks are taken now: a disk that is full then must not be a SIGBUS later.
  if (const int error = ::posix_fallocate(shared.get(), 0, static_cast<off_t>(size)); error != 0)
    return failed(error);
  void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, shared.get(), 0);
  if (page == MAP_FAILED) return failed(errno);
  return page;
}

}  // namespace partita
