#include "cli/sdk_place.hpp"

#include <fmt/format.h>

namespace partita {
namespace {

constexpr int kLevelsUp = 5;  // from build/<preset>/bin, or lib/<architecture>

bool holds_package(const Path& directory) {
  std::error_code failed;
  return std::filesystem::exists(directory / "PartitaConfig.cmake", failed);
}

}  // namespace

std::optional<Path> sdk_cmake_directory() {
  std::error_code failed;
  Path at = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (int level = 0; !failed && level < kLevelsUp && at != at.parent_path(); ++level) {
    for (const char* place : {"sdk/cmake", PARTITA_INSTALLED_CMAKE}) {
      if (holds_package(at / place)) return at / place;
    }
    at = at.parent_path();
  }
  return std::nullopt;
}

Status note_sdk_place(const Path& project) {
  const std::optional<Path> place = sdk_cmake_directory();
  if (!place) return {};
  const Path state = project / ".partita";
  if (Status made = make_directories(state); !made) return made;
  return write_file(
      state / "sdk.cmake",
      fmt::format("if(NOT Partita_DIR)\n  set(Partita_DIR [[{}]])\nendif()\n", place->string()));
}

}  // namespace partita
