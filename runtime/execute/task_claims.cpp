#include "execute/task_claims.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "execute/shared_page.hpp"

namespace partita {
namespace {

struct Open {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
};

Open unpack(std::uint64_t packed) {
  return {static_cast<std::uint32_t>(packed >> 32U), static_cast<std::uint32_t>(packed)};
}

std::uint64_t pack(Open open) {
  return static_cast<std::uint64_t>(open.first) << 32U | open.end;
}

// Out of the way of plugins that close descriptors by number.
constexpr int kHighDescriptor = 1000;
constexpr int kPollMillis = 2;

bool is_held(const Path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return opened.is_open() && ::flock(opened.get(), LOCK_EX | LOCK_NB) != 0;
}

std::vector<Path> held_claims(const Path& directory) {
  std::vector<Path> files;
  std::error_code failed;
  for (std::filesystem::recursive_directory_iterator at(directory, failed), end; at != end;
       at.increment(failed)) {
    if (at->path().filename().string().starts_with("claims-") && is_held(at->path()))
      files.push_back(at->path());
  }
  return files;
}

}  // namespace

// A lock that the kernel releases.
Status let_await(const Path& claims) {
  const Descriptor opened(::open(claims.c_str(), O_RDONLY | O_CLOEXEC));
  const int held = opened.is_open() ? ::fcntl(opened.get(), F_DUPFD_CLOEXEC, kHighDescriptor) : -1;
  if (held < 0 || ::flock(held, LOCK_SH) != 0)
    return io_error(fmt::format("hold {}: {}", claims.string(), std::strerror(errno)));
  return {};
}

Status await_workers(const Path& directory, std::int64_t patience_millis) {
  std::int64_t waited = 0;
  for (const Path& file : held_claims(directory)) {
    for (; is_held(file); waited += kPollMillis) {
      if (waited >= patience_millis)
        return io_error(fmt::format("wait for the worker of {}: it still runs", file.string()),
                        "its run's host is gone: end it, or try again");
      ::poll(nullptr, 0, kPollMillis);
    }
  }
  return {};
}

Result<TaskClaims> TaskClaims::create(const Path& file) {
  return map(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC);
}

Result<TaskClaims> TaskClaims::open(const Path& file) {
  return map(file, O_RDWR | O_CLOEXEC);
}

Result<TaskClaims> TaskClaims::map(const Path& file, int flags) {
  Result<void*> page = map_shared(file, flags, sizeof(Page));
  if (!page) return std::move(page).error();
  return TaskClaims(static_cast<Page*>(*page));
}

TaskClaims::TaskClaims(TaskClaims&& other) noexcept : page_(std::exchange(other.page_, nullptr)) {}

TaskClaims& TaskClaims::operator=(TaskClaims&& other) noexcept {
  std::swap(page_, other.page_);
  return *this;
}

TaskClaims::~TaskClaims() {
  if (page_ != nullptr) ::munmap(page_, sizeof(Page));
}

bool TaskClaims::accepts(std::uint32_t task) const {
  const Open open = unpack(page_->open.load(std::memory_order_acquire));
  return open.end == task || open.first == open.end;
}

bool TaskClaims::offer(std::uint32_t task) {
  std::uint64_t seen = page_->open.load(std::memory_order_acquire);
  for (;;) {
    Open open = unpack(seen);
    if (open.first == open.end) open.first = task;
    if (open.first != task && open.end != task) return false;
    open.end = task + 1;
    if (page_->open.compare_exchange_weak(seen, pack(open), std::memory_order_acq_rel)) return true;
  }
}

std::uint32_t TaskClaims::take_back(std::uint32_t most) {
  std::uint64_t seen = page_->open.load(std::memory_order_acquire);
  for (;;) {
    Open open = unpack(seen);
    const std::uint32_t taken = std::min(most, open.end - open.first);
    open.end -= taken;
    if (page_->open.compare_exchange_weak(seen, pack(open), std::memory_order_acq_rel))
      return taken;
  }
}

bool TaskClaims::claim(std::uint32_t task) {
  std::uint64_t seen = page_->open.load(std::memory_order_acquire);
  for (;;) {
    Open open = unpack(seen);
    if (open.first != task || open.first == open.end) return false;
    ++open.first;
    if (page_->open.compare_exchange_weak(seen, pack(open), std::memory_order_acq_rel)) return true;
  }
}

bool TaskClaims::is_claimed(std::uint32_t task) const {
  const Open open = unpack(page_->open.load(std::memory_order_acquire));
  return task < open.first;
}

void TaskClaims::count_result() {
  page_->results.fetch_add(1, std::memory_order_acq_rel);
}

std::uint32_t TaskClaims::results() const {
  return page_->results.load(std::memory_order_acquire);
}

void TaskClaims::note_check(std::uint32_t check) {
  page_->check.store(check, std::memory_order_release);
}

std::uint32_t TaskClaims::check() const {
  return page_->check.load(std::memory_order_acquire);
}

void TaskClaims::note_cpu(const CpuSample& sample) {
  page_->user_micros.store(sample.user_micros, std::memory_order_relaxed);
  page_->system_micros.store(sample.system_micros, std::memory_order_relaxed);
}

CpuSample TaskClaims::cpu() const {
  return {page_->user_micros.load(std::memory_order_relaxed),
          page_->system_micros.load(std::memory_order_relaxed)};
}

void TaskClaims::cancel() {
  page_->cancelled.store(1, std::memory_order_relaxed);
}

bool TaskClaims::cancelled() const {
  return page_->cancelled.load(std::memory_order_relaxed) != 0;
}

}  // namespace partita
