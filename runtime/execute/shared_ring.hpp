// Bytes from a worker to the host through memory that both share: a ring with one writer and one
// reader.
//
// What the writer has written is there for the reader even if the writer dies at once. Neither asks
// the kernel for anything while the other keeps up: the reader is woken (by a bell that the caller
// has) only where it waits, the writer waits only where the ring is full. What the reader finds is
// foreign: the writer's process runs code that may write anywhere.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/files.hpp"
#include "base/result.hpp"

namespace partita {

class SharedRing {
 public:
  static constexpr std::uint32_t kBytes = 256U << 10U;
  using Wake = std::function<void()>;

  static Result<SharedRing> create(const Path& file);  // the reader's side
  static Result<SharedRing> open(const Path& file);    // the writer's side
  SharedRing(SharedRing&& other) noexcept;
  SharedRing& operator=(SharedRing&&) = delete;
  ~SharedRing();

  // Writer: all of it, waiting for room. `wake` is called where the reader waits.
  void write(std::string_view bytes, const Wake& wake);

  // Reader: gives what is there to `take`, in one or two parts. False: the ring is damaged.
  bool read(const std::function<void(std::string_view)>& take);
  // Reader: whether there is something to read.
  bool empty() const { return page_->written.load(std::memory_order_acquire) == position_; }
  // Reader: it is about to wait for the bell. False: there is something to read instead.
  bool may_wait();

 private:
  // Positions count bytes from the beginning, and wrap.
  struct Page {
    std::atomic<std::uint32_t> written;
    std::atomic<std::uint32_t> read;
    std::atomic<std::uint32_t> reader_waits;
    std::atomic<std::uint32_t> writer_waits;
    std::array<char, kBytes> bytes;
  };

  explicit SharedRing(Page* page) : page_(page) {}
  static Result<SharedRing> map(const Path& file, int flags);
  void wait_for_room(std::uint32_t read);

  Page* page_ = nullptr;
  std::uint32_t position_ = 0;  // of this side
};

}  // namespace partita
