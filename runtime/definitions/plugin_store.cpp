#include "definitions/plugin_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "base/sha256.hpp"
#include "definitions/load_hash.hpp"

namespace partita {
namespace {

Error store_error(std::string_view action, const Path& path) {
  return io_error(fmt::format("{} {}: {}", action, path.string(), std::strerror(errno)));
}

constexpr std::size_t kAddressLength = 64;
constexpr std::string_view kElsewhere =
    "put the project, or its .partita directory, on another file system";
constexpr std::size_t kChunk = 256U << 10U;

Status lock(const Descriptor& file, int how, const Path& path) {
  while (::flock(file.get(), how) != 0) {
    if (errno != EINTR) return store_error("lock", path);
  }
  return {};
}

Status sync_path(const Path& path) {
  const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.get()) != 0) return store_error("sync", path);
  return {};
}

// The process's own symbols, and never changed again.
Status seal_file(const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.is_open()) return store_error("open", path);
  // A helper may be no ELF file at all, a linker script say: then there is nothing to change.
  (void)make_symbols_private(file.get());
  if (::fchmod(file.get(), 0444) != 0) return store_error("protect", path);
  return {};
}

Status add_file(Sha256& hash, const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<char> buffer(kChunk);
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return store_error("read", path);
    if (got == 0) return {};
    hash.add({buffer.data(), static_cast<std::size_t>(got)});
  }
}

Result<std::string> address_of(const Path& directory, const std::set<std::string>& files) {
  Sha256 all;
  for (const std::string& relative : files) {
    Sha256 one;
    if (Status added = add_file(one, directory / relative); !added) return std::move(added).error();
    all.add(fmt::format("{} {}\n", one.hex(), relative));
  }
  return all.hex();
}

// The lock of one place for copies. None: another process, or this one, is making one there.
Result<std::optional<Descriptor>> take_place(const Path& lock_file, int flags) {
  Descriptor lock(::open(lock_file.c_str(), O_RDWR | O_CLOEXEC | flags, 0666));
  if (!lock.is_open() && errno == ENOENT) return std::optional<Descriptor>();
  if (!lock.is_open()) return store_error("open", lock_file);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return std::optional(std::move(lock));
  if (errno == EWOULDBLOCK || errno == EINTR) return std::optional<Descriptor>();
  return store_error("lock", lock_file);
}

// Nothing is known of a file system that tells no size.
Status check_room(const Path& root, std::int64_t bytes) {
  struct statvfs info{};
  if (::statvfs(root.c_str(), &info) != 0 || info.f_blocks == 0) return {};
  const auto room = static_cast<std::int64_t>(info.f_bavail * info.f_frsize);
  if (room >= bytes) return {};
  return io_error(
      fmt::format("copy it into the plugin store: it has {} bytes, and there is room for {}", bytes,
                  room),
      fmt::format("make room on the file system of {}, or {}", root.string(), kElsewhere));
}

}  // namespace

Staging::~Staging() {
  if (lock_.is_open() && !directory_.empty()) (void)clear();
}

Result<Path> Staging::place_for(const Path& relative, std::int64_t bytes) {
  if (Status room = check_room(root_, bytes); !room) return std::move(room).error();
  const Path place = directory_ / relative;
  if (Status made = make_directories(place.parent_path()); !made) return std::move(made).error();
  files_.insert(relative.generic_string());
  return place;
}

Status Staging::clear() {
  if (synced_.valid()) synced_.wait();
  if (address_.valid()) address_.wait();
  files_.clear();
  return remove_tree(directory_);
}

Status Staging::seal() {
  for (const std::string& relative : files_) {
    if (Status sealed = seal_file(directory_ / relative); !sealed) return sealed;
  }
  address_ = std::async(std::launch::async, address_of, directory_, files_);
  synced_ = std::async(std::launch::async, sync_tree, directory_);
  return {};
}

Result<Path> Staging::address() {
  const Result<std::string>& name = address_.get();
  if (!name) return name.error();
  return root_ / *name;
}

Status Staging::put_in_place() {
  const Result<Path> target = address();
  if (!target) return target.error();
  if (Status synced = synced_.get(); !synced) return synced;
  if (::rename(directory_.c_str(), target->c_str()) == 0) {
    directory_.clear();
  } else if (errno != ENOTEMPTY && errno != EEXIST) {  // what is there already is the same
    return store_error("publish", *target);
  }
  return sync_path(root_);
}

std::future<Status> Staging::publish() && {
  return std::async(
      std::launch::async, [](Staging staging) { return staging.put_in_place(); }, std::move(*this));
}

Result<PluginStore> PluginStore::open(const Path& root) {
  if (Status made = make_directories(root); !made) return std::move(made).error();
  struct statvfs info{};
  if (::statvfs(root.c_str(), &info) == 0 && (info.f_flag & ST_NOEXEC) != 0) {
    return io_error(
        fmt::format("use plugin store {}: its file system is mounted noexec", root.string()),
        std::string(kElsewhere));
  }
  return PluginStore(root);
}

Result<Staging> PluginStore::stage() const {
  const Path staging = root_ / ".staging";
  if (Status made = make_directories(staging); !made) return std::move(made).error();
  std::optional<Staging> taken;
  for (int number = 0;; ++number) {
    const Path directory = staging / std::to_string(number);
    const Path lock_file = directory.string() + ".lock";
    auto lock = take_place(lock_file, taken ? 0 : O_CREAT);
    if (!lock) return std::move(lock).error();
    if (lock->has_value()) {
      if (Status cleared = remove_tree(directory); !cleared) return std::move(cleared).error();
      if (!taken) taken.emplace(root_, directory, *std::move(*lock));
    }
    if (taken && !std::filesystem::exists(lock_file)) return *std::move(taken);
  }
}

Result<Descriptor> PluginStore::use() const {
  const Path path = root_ / ".in_use";
  Descriptor use(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!use.is_open()) return store_error("open", path);
  if (Status locked = lock(use, LOCK_SH, path); !locked) return std::move(locked).error();
  return use;
}

Result<std::int64_t> PluginStore::collect(const Descriptor& use, const Needed& needed) const {
  const Path path = root_ / ".in_use";
  Result<std::int64_t> removed = 0;
  if (::flock(use.get(), LOCK_EX | LOCK_NB) == 0) {
    const auto kept = needed();
    removed = kept ? remove_all_but(*kept) : Result<std::int64_t>(kept.error());
  }
  // Also where that failed: the kernel gives the shared lock up before it tries for the other.
  if (Status locked = lock(use, LOCK_SH, path); !locked) return std::move(locked).error();
  return removed;
}

Result<std::int64_t> PluginStore::remove_all_but(const std::set<Path>& needed) const {
  const Result<std::vector<Path>> copies = unneeded(root_, needed);
  if (!copies) return copies.error();
  for (const Path& copy : *copies) {
    if (Status gone = remove_tree(copy); !gone) return std::move(gone).error();
  }
  return static_cast<std::int64_t>(copies->size());
}

Result<std::vector<Path>> PluginStore::unneeded(const Path& root, const std::set<Path>& needed) {
  std::set<std::string> kept;
  for (const Path& file : needed) {
    const Path relative = file.lexically_relative(root);
    if (!relative.empty()) kept.insert(relative.begin()->string());
  }
  std::vector<Path> copies;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(root, failed)) {
    const std::string name = entry.path().filename().string();
    if (name.size() == kAddressLength && !kept.contains(name)) copies.push_back(entry.path());
  }
  if (failed) return io_error(fmt::format("list {}: {}", root.string(), failed.message()));
  return copies;
}

}  // namespace partita
