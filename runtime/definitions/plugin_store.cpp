#include "definitions/plugin_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/sha256.hpp"
#include "definitions/load_hash.hpp"

namespace partita {
namespace {

Error store_error(std::string_view action, const Path& path) {
  return io_error(fmt::format("{} {}: {}", action, path.string(), std::strerror(errno)));
}

constexpr std::size_t kAddressLength = 64;

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

// The process's own symbols, on the disk, and never changed again.
Status seal_file(const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.is_open()) return store_error("open", path);
  // A helper may be no ELF file at all, a linker script say: then there is nothing to change.
  (void)make_symbols_private(file.get());
  if (::fchmod(file.get(), 0444) != 0) return store_error("protect", path);
  if (::fsync(file.get()) != 0) return store_error("sync", path);
  return {};
}

}  // namespace

Staging::~Staging() {
  if (lock_.is_open()) (void)clear();
}

Result<Path> Staging::place_for(const Path& relative) const {
  const Path place = directory() / relative;
  if (Status made = make_directories(place.parent_path()); !made) return std::move(made).error();
  return place;
}

void Staging::add(const Path& relative, std::string sha256) {
  files_[relative.generic_string()] = std::move(sha256);
}

Status Staging::clear() {
  files_.clear();
  return remove_tree(directory());
}

std::string Staging::address() const {
  Sha256 hash;
  for (const auto& [relative, sha256] : files_) hash.add(fmt::format("{} {}\n", sha256, relative));
  return hash.hex();
}

Status Staging::seal() const {
  for (const auto& [relative, sha256] : files_) {
    const Path file = directory() / relative;
    if (Status sealed = seal_file(file); !sealed) return sealed;
    if (Status synced = sync_path(file.parent_path()); !synced) return synced;
  }
  return {};
}

Result<Path> Staging::publish(bool& existed) {
  const Path target = root_ / address();
  existed = std::filesystem::exists(target);
  if (existed) return target;
  if (Status sealed = seal(); !sealed) return std::move(sealed).error();
  if (::rename(directory().c_str(), target.c_str()) != 0) return store_error("publish", target);
  if (Status synced = sync_path(root_); !synced) return std::move(synced).error();
  return target;
}

Result<PluginStore> PluginStore::open(const Path& root) {
  if (Status made = make_directories(root); !made) return std::move(made).error();
  struct statvfs info{};
  if (::statvfs(root.c_str(), &info) == 0 && (info.f_flag & ST_NOEXEC) != 0) {
    return io_error(
        fmt::format("use plugin store {}: its file system is mounted noexec", root.string()),
        "put the project, or its .partita directory, on another file system");
  }
  return PluginStore(root);
}

Result<Staging> PluginStore::stage() const {
  const Path path = root_ / ".lock";
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.is_open()) return store_error("open", path);
  if (Status locked = lock(file, LOCK_EX, path); !locked) return std::move(locked).error();
  Staging staging(root_, std::move(file));
  if (Status cleared = staging.clear(); !cleared) return std::move(cleared).error();
  return staging;
}

Status PluginStore::remove(const Path& directory) const {
  return remove_tree(directory);
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
  std::set<std::string> kept;
  for (const Path& file : needed) {
    const Path relative = file.lexically_relative(root_);
    if (!relative.empty()) kept.insert(relative.begin()->string());
  }
  std::int64_t removed = 0;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(root_, failed)) {
    const std::string name = entry.path().filename().string();
    if (name.size() != kAddressLength || kept.contains(name)) continue;
    if (Status gone = remove_tree(entry.path()); !gone) return std::move(gone).error();
    ++removed;
  }
  if (failed) return io_error(fmt::format("list {}: {}", root_.string(), failed.message()));
  return removed;
}

}  // namespace partita
