#include "service/live_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace partita {
namespace {

constexpr char kSeparator = '\x1f';  // no key has one, nor any other control character

Path lock_file(const Path& directory) {
  return directory / "followed";
}

Path text_file(const Path& directory) {
  return directory / "live";
}

}  // namespace

void LiveLog::look() {
  const Descriptor lock(::open(lock_file(directory_).c_str(), O_RDONLY | O_CLOEXEC));
  followed_ = lock.is_open() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
}

// What cannot be written is not followed: the store has it when the partition has ended.
void LiveLog::add(std::string_view asset, std::string_view key, std::string_view line) {
  if (!followed_) return;
  if (!file_.is_open()) {
    file_.reset(
        ::open(text_file(directory_).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  }
  std::string text;
  text.reserve(asset.size() + key.size() + line.size() + 3);
  text.append(asset).append(1, kSeparator).append(key).append(1, kSeparator).append(line);
  text += '\n';
  const ssize_t written = ::write(file_.get(), text.data(), text.size());
  followed_ = written == static_cast<ssize_t>(text.size());
}

Status LiveLogReader::read(const Visit& visit) {
  if (!lock_.is_open()) {
    lock_.reset(::open(lock_file(directory_).c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!lock_.is_open()) {
      if (errno == ENOENT) return {};  // the run is about to make its directory, or has ended
      return io_error("follow " + directory_.string() + ": " + std::strerror(errno));
    }
    ::flock(lock_.get(), LOCK_SH);
  }
  if (!file_.is_open()) {
    file_.reset(::open(text_file(directory_).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_.is_open()) return {};
  }
  char buffer[65536];
  for (ssize_t got = 0; (got = ::read(file_.get(), buffer, sizeof buffer)) > 0;) {
    partial_.append(buffer, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = partial_.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      tell(std::string_view(partial_).substr(begin, end - begin), visit);
    }
    partial_.erase(0, begin);
  }
  return {};
}

void LiveLogReader::tell(std::string_view line, const Visit& visit) const {
  const std::size_t first = line.find(kSeparator);
  const std::size_t second = line.find(kSeparator, first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return;
  visit(line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1));
}

}  // namespace partita
