// Which partita this is, and what built it.
#pragma once

namespace partita {

inline constexpr const char* kVersion = PARTITA_VERSION;

#ifdef __clang__
inline constexpr const char* kCompiler = "clang " __clang_version__;
#else
inline constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

}  // namespace partita
