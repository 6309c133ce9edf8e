// The load-hash of a library: SHA-256 over the bytes that would be loaded, without the ELF header
// and the build-id.
//
// Equal for a stripped and an unstripped build, and where only comments changed; different when
// code or data change. It is the identity of the code; the address of a copy in the plugin store is
// another thing.
#pragma once

#include <string>

#include "base/result.hpp"

namespace partita {

Result<std::string> load_hash(int fd);

// Gives a library symbols of its own: turns STB_GNU_UNIQUE, of which a process has one for all
// libraries and versions, into STB_WEAK. For a private, writable copy. Returns how many.
Result<int> make_symbols_private(int fd);

}  // namespace partita
