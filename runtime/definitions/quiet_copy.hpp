// Copies a file of which nobody has a writer open, and tells where somebody has.
//
// While it reads it holds a read lease, so that a writer who comes is made to wait. Where the file
// system has no leases, the file's signature before and after must be the same.
#pragma once

#include <optional>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "definitions/catalog.hpp"
#include "definitions/refusal.hpp"

namespace partita {

// A regular file, opened for reading and leased where that is possible.
struct QuietFile {
  std::optional<Refusal> refusal;
  Descriptor file;
  FileSignature signature;
};

QuietFile open_quiet(const Path& path);

// Makes `target`, which must not exist, with the bytes of `source`. No value: it did.
std::optional<Refusal> copy_quiet(const QuietFile& source, const Path& target);

}  // namespace partita
