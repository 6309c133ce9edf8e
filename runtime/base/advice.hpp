// What to do where the system refused to read or write a file or a directory: the commands to type.
//
// Looks at who owns what, and at which directory on the way is closed. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/files.hpp"

namespace partita {

enum class Access { read, write };

// `number` is errno's. Empty where there is nothing to say that the error does not.
std::string advice_on(int number, const Path& path, Access access);

// Whether the room ran out: of the file system, or of what this user may have of it.
bool is_full(int number);

// Whether its file system has less room than that; no where it does not tell.
bool is_full_below(const Path& directory, std::int64_t bytes);

}  // namespace partita
