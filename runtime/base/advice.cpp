#include "base/advice.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

namespace partita {
namespace {

// The directory on the way that lets nobody see what is below it; else the path itself.
Path closed_place(const Path& path) {
  Path closed = path;
  struct stat info{};
  for (Path at = path; ::stat(at.c_str(), &info) != 0 && at.has_relative_path();) {
    at = at.parent_path();
    closed = at;
  }
  return closed;
}

std::string bits_for(const Path& place, const Path& wanted, Access access) {
  if (place != wanted && access == Access::read) return "x";
  struct stat info{};
  const bool directory = ::stat(place.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  return std::string(access == Access::read ? "r" : "w") + (directory ? "x" : "");
}

std::string advice_on_permission(const Path& path, Access access) {
  const Path place = closed_place(path);
  const std::string bits = bits_for(place, path, access);
  struct stat info{};
  if (::stat(place.c_str(), &info) == 0 && info.st_uid == ::geteuid())
    return fmt::format("chmod u+{} {}", bits, place.string());
  // What others need as well is not to become this user's.
  if (place != path)
    return fmt::format("its owner can let you in: chmod o+{} {}", bits, place.string());
  return fmt::format("as its owner: chmod o+{0} {1}, or as root: chown $USER {1}", bits,
                     place.string());
}

// The file in the place of a directory.
std::string advice_on_no_directory(const Path& path) {
  std::error_code failed;
  for (Path at = path; at.has_relative_path(); at = at.parent_path()) {
    if (std::filesystem::exists(at, failed) && !std::filesystem::is_directory(at, failed))
      return fmt::format("move {} away: a directory belongs there", at.string());
  }
  return {};
}

}  // namespace

bool is_full(int number) {
  return number == ENOSPC || number == EDQUOT;
}

bool is_full_below(const Path& directory, std::int64_t bytes) {
  struct statvfs info{};
  if (::statvfs(directory.empty() ? "." : directory.c_str(), &info) != 0 || info.f_blocks == 0)
    return false;
  return static_cast<std::int64_t>(info.f_bavail * info.f_frsize) < bytes;
}

std::string advice_on(int number, const Path& path, Access access) {
  if (number == EACCES || number == EPERM) return advice_on_permission(path, access);
  if (number == ENOTDIR || number == EEXIST) return advice_on_no_directory(path);
  if (number == EROFS) return "mount its file system for writing, or put the project on another";
  if (is_full(number)) return "make room there and run the command again";
  return {};
}

}  // namespace partita
