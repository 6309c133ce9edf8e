// What a crashing process leaves in a file for its parent: this record, then the text of
// /proc/self/maps. Both ends are the same program.
#pragma once

#include <cstdint>

namespace partita {

inline constexpr std::uint64_t kCrashMagic = 0x3148'5341'5243'5450;  // "PTCRASH1"

struct CrashRecord {
  std::uint64_t magic = kCrashMagic;
  std::int32_t signal = 0;
  std::int32_t frame_count = 0;
  std::uint64_t fault_address = 0;
  std::uint64_t stack_pointer = 0;
  // Where the signal struck, among the frames; 0 where the frames were taken without one.
  std::uint64_t program_counter = 0;
  char exception_type[256] = {};
  char exception_what[1024] = {};
  std::uint64_t frames[64] = {};
};

}  // namespace partita
