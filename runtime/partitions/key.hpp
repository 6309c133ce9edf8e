// What a partition key and a dimension's name may be. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace partita {

inline constexpr std::size_t kMaxKeyBytes = 512;

// UTF-8 of 1 to 512 bytes, no control characters, no `...` (which writes a range on the command
// line). The error names the key.
Status validate_key(std::string_view key);

// A key of one dimension of a product, moreover, has none of `|`, `,`, `[`, `]`, so that `a|b` and
// `x=a,y=b` can be taken apart.
Status validate_dimension_key(std::string_view key);

// Letters, digits, `_` and, not first, `-`: it is typed before the first `=` of `date=...`.
Status validate_dimension_name(std::string_view name);

// What the output directory of the partition is called, among those of its asset.
std::string output_name(std::string_view key);
// Where the output is once the key is another; one that is called otherwise stays where it is.
std::string renamed_output(const std::string& output, std::string_view key, std::string_view now);

// The key as a message shows it: control characters and broken UTF-8 as escapes, cut to a length
// that can be read.
std::string printable_key(std::string_view key);

}  // namespace partita
