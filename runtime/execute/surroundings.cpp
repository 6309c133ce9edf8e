#include "execute/surroundings.hpp"

#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <locale>

namespace {

std::atomic<bool> may_have_moved{false};  // the directory or the mask

}  // namespace

extern "C" int chdir(const char* path) noexcept {
  may_have_moved = true;
  return static_cast<int>(::syscall(SYS_chdir, path));
}

extern "C" int fchdir(int directory) noexcept {
  may_have_moved = true;
  return static_cast<int>(::syscall(SYS_fchdir, directory));
}

extern "C" mode_t umask(mode_t mask) noexcept {
  may_have_moved = true;
  return static_cast<mode_t>(::syscall(SYS_umask, mask));
}

namespace partita {
namespace {

std::vector<const char*> variables() {
  std::vector<const char*> pointers;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) pointers.push_back(*at);
  return pointers;
}

// The bytes of all, where each begins behind the last one's end, as the kernel lays them out.
std::string block_of(const std::vector<const char*>& pointers) {
  for (std::size_t i = 1; i < pointers.size(); ++i) {
    if (pointers[i] != pointers[i - 1] + std::strlen(pointers[i - 1]) + 1) return {};
  }
  if (pointers.empty()) return {};
  return {pointers.front(), pointers.back() + std::strlen(pointers.back()) + 1};
}

bool are_variables(const std::vector<const char*>& pointers) {
  char* const* at = environ;
  if (at == nullptr) return pointers.empty();
  // No pointer here is null: the end of a shorter environment is a difference.
  for (const char* pointer : pointers) {
    if (*at++ != pointer) return false;
  }
  return *at == nullptr;
}

bool is_environment(const std::vector<std::string>& variables) {
  std::size_t count = 0;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at, ++count) {
    if (count >= variables.size() || variables[count] != *at) return false;
  }
  return count == variables.size();
}

void set_environment(const std::vector<std::string>& variables) {
  ::clearenv();
  for (const std::string& variable : variables) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos) continue;
    ::setenv(variable.substr(0, equals).c_str(), variable.c_str() + equals + 1, 1);
  }
}

}  // namespace

Surroundings::Surroundings()
    : directory_(::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      pointers_(variables()),
      block_(block_of(pointers_)),
      locale_(::setlocale(LC_ALL, nullptr)),
      mask_(::umask(0)) {
  ::umask(mask_);
  environment_.assign(pointers_.begin(), pointers_.end());
}

bool Surroundings::has_same_environment() const {
  if (!block_.empty() && are_variables(pointers_))
    return std::memcmp(pointers_.front(), block_.data(), block_.size()) == 0;
  return is_environment(environment_);
}

void Surroundings::restore(bool thorough) const {
  if (thorough || may_have_moved) {
    (void)!::fchdir(directory_.get());
    ::umask(mask_);
    may_have_moved = false;
  }
  if (!has_same_environment()) set_environment(environment_);
  ::uselocale(LC_GLOBAL_LOCALE);
  // First C++'s, which may bring the C library's along.
  if (std::locale() != std::locale::classic()) std::locale::global(std::locale::classic());
  if (locale_ != ::setlocale(LC_ALL, nullptr)) ::setlocale(LC_ALL, locale_.c_str());
}

}  // namespace partita
