// Where this program's SDK is, for projects that are built against it.
#pragma once

#include <optional>

#include "base/files.hpp"

namespace partita {

// The directory of PartitaConfig.cmake: of the installation that the program is in, or of the
// source tree that it was built in.
std::optional<Path> sdk_cmake_directory();

// Notes it in the project's .partita/sdk.cmake, which the project's CMakeLists.txt includes.
Status note_sdk_place(const Path& project);

}  // namespace partita
