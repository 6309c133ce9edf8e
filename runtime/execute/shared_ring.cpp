#include "execute/shared_ring.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

#include "base/descriptor.hpp"
#include "execute/shared_page.hpp"

namespace partita {
namespace {

// Between processes: std::atomic's own wait() is for the threads of one.
void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, nullptr, nullptr,
            0);
}

}  // namespace

Result<SharedRing> SharedRing::create(const Path& file) {
  return map(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC);
}

Result<SharedRing> SharedRing::open(const Path& file) {
  return map(file, O_RDWR | O_CLOEXEC);
}

Result<SharedRing> SharedRing::map(const Path& file, int flags) {
  Result<void*> page = map_shared(file, flags, sizeof(Page));
  if (!page) return std::move(page).error();
  return SharedRing(static_cast<Page*>(*page));
}

SharedRing::SharedRing(SharedRing&& other) noexcept
    : page_(std::exchange(other.page_, nullptr)), position_(other.position_) {}

SharedRing::~SharedRing() {
  if (page_ != nullptr) ::munmap(page_, sizeof(Page));
}

void SharedRing::write(std::string_view bytes, const Wake& wake) {
  position_ = page_->written.load(std::memory_order_relaxed);  // a forked child may have moved it
  while (!bytes.empty()) {
    const std::uint32_t read = page_->read.load(std::memory_order_acquire);
    const std::uint32_t at = position_ % kBytes;
    const std::uint32_t room = std::min(kBytes - (position_ - read), kBytes - at);
    const std::size_t part = std::min<std::size_t>(bytes.size(), room);
    std::memcpy(page_->bytes.data() + at, bytes.data(), part);
    bytes.remove_prefix(part);
    position_ += static_cast<std::uint32_t>(part);
    page_->written.store(position_, std::memory_order_seq_cst);
    if (page_->reader_waits.exchange(0, std::memory_order_seq_cst) != 0) wake();
    if (part == 0) wait_for_room(read);
  }
}

void SharedRing::wait_for_room(std::uint32_t read) {
  page_->writer_waits.store(1, std::memory_order_seq_cst);
  // Returns at once where the reader has moved meanwhile.
  futex(page_->read, FUTEX_WAIT, read);
}

bool SharedRing::read(const std::function<void(std::string_view)>& take) {
  page_->reader_waits.store(0, std::memory_order_relaxed);
  const std::uint32_t written = page_->written.load(std::memory_order_acquire);
  if (written - position_ > kBytes) return false;
  // A writer may have filled the ring since and be about to wait: who makes no room wakes nobody,
  // and leaves it to the next read to know of the writer.
  if (written == position_) return true;
  while (position_ != written) {
    const std::uint32_t at = position_ % kBytes;
    const std::uint32_t part = std::min(written - position_, kBytes - at);
    take({page_->bytes.data() + at, part});
    position_ += part;
  }
  page_->read.store(position_, std::memory_order_seq_cst);
  if (page_->writer_waits.exchange(0, std::memory_order_seq_cst) != 0)
    futex(page_->read, FUTEX_WAKE, INT_MAX);
  return true;
}

bool SharedRing::may_wait() {
  page_->reader_waits.store(1, std::memory_order_seq_cst);
  if (page_->written.load(std::memory_order_seq_cst) == position_) return true;
  page_->reader_waits.store(0, std::memory_order_relaxed);
  return false;
}

}  // namespace partita
