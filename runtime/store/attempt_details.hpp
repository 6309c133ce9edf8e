// The parts of an attempt that most do not have: reason, failure, metadata, checks, output.
//
// A sequence of fields, each a number that says what it is and a text that is its content. A reader
// passes over fields it does not know. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "store/records.hpp"

namespace partita {

// Empty where the attempt has none of them.
std::string encode_details(const AttemptRecord& attempt);

// False where the bytes are damaged.
bool decode_details(std::string_view bytes, AttemptRecord& attempt);

}  // namespace partita
