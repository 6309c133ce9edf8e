#include "execute/surroundings.hpp"

#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <locale>

namespace partita {
namespace {

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
      locale_(::setlocale(LC_ALL, nullptr)),
      mask_(::umask(0)) {
  ::umask(mask_);
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) environment_.emplace_back(*at);
}

void Surroundings::restore() const {
  (void)!::fchdir(directory_.get());
  ::umask(mask_);
  if (!is_environment(environment_)) set_environment(environment_);
  ::uselocale(LC_GLOBAL_LOCALE);
  // First C++'s, which may bring the C library's along.
  if (std::locale() != std::locale::classic()) std::locale::global(std::locale::classic());
  if (locale_ != ::setlocale(LC_ALL, nullptr)) ::setlocale(LC_ALL, locale_.c_str());
}

}  // namespace partita
