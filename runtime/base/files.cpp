#include "base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/advice.hpp"
#include "base/descriptor.hpp"

namespace partita {
namespace {

Path directory_of(const Path& path) {
  return path.has_parent_path() ? path.parent_path() : Path(".");
}

// What is made, moved or removed is written to the directory that has it.
Error system_error(std::string_view action, const Path& path, int number) {
  const Access access = action == "open" || action == "read" ? Access::read : Access::write;
  const bool is_there = access == Access::read || action == "write" || action == "sync";
  return io_error(fmt::format("{} {}: {}", action, path.string(), std::strerror(number)),
                  advice_on(number, is_there ? path : directory_of(path), access));
}

Status write_all(int fd, std::string_view content, const Path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Errors name what the temporary file becomes.
Status write_and_sync(const Path& temporary, std::string_view content, const Path& path) {
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file.is_open()) return system_error("create", path, errno);
  if (Status status = write_all(file.get(), content, path); !status) return status;
  if (::fdatasync(file.get()) != 0) return system_error("sync", path, errno);
  return {};
}

Status sync_one(const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return system_error("open", path, errno);
  if (::fsync(file.get()) != 0) return system_error("sync", path, errno);
  return {};
}

}  // namespace

Result<std::string> read_file(const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return system_error("open", path, errno);
  std::string content;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", path, errno);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
  }
}

Status write_file(const Path& path, std::string_view content) {
  const Path temporary =
      path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), ::getpid());
  if (Status status = write_and_sync(temporary, content, path); !status) {
    ::unlink(temporary.c_str());
    return status;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("rename to", path, errno);
  return {};
}

Status make_directories(const Path& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return system_error("create directory", path, failed.value());
  return {};
}

Status remove_tree(const Path& path) {
  std::error_code failed;
  std::filesystem::remove_all(path, failed);
  if (failed) return system_error("remove", path, failed.value());
  return {};
}

Status publish_directory(const Path& staged, const Path& target) {
  if (::renameat2(AT_FDCWD, staged.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0)
    return {};
  if (errno != ENOENT) return system_error("exchange", target, errno);
  if (::rename(staged.c_str(), target.c_str()) != 0) return system_error("publish", target, errno);
  return {};
}

Status sync_tree(const Path& root) {
  std::error_code failed;
  for (std::filesystem::recursive_directory_iterator at(root, failed), end; at != end;
       at.increment(failed)) {
    if (failed) break;
    if (!at->is_regular_file(failed) && !at->is_directory(failed)) continue;
    if (Status synced = sync_one(at->path()); !synced) return synced;
  }
  if (failed) return system_error("read", root, failed.value());
  return sync_one(root);
}

Status sync_names(const Path& directory) {
  return sync_one(directory);
}

Result<Path> make_temporary_directory(std::string_view prefix) {
  std::error_code failed;
  const Path base = std::filesystem::temp_directory_path(failed);
  if (failed) return io_error("find the temporary directory: " + failed.message(), "set TMPDIR");
  std::string name = (base / fmt::format("{}XXXXXX", prefix)).string();
  if (::mkdtemp(name.data()) == nullptr) return system_error("create", name, errno);
  return Path(name);
}

}  // namespace partita
