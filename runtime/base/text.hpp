// Small operations on text that several folders need. All are pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace partita {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);
bool is_valid_utf8(std::string_view text);

// UTF-8: whether the byte goes on with a character, how many begin in the text, and the first.
bool continues_character(char byte);
std::size_t characters_in(std::string_view text);
std::string_view first_character(std::string_view text);

// `1234567` -> `1,234,567`.
std::string with_thousands(std::int64_t number);

// `1 partition`, `3 partitions`.
std::string count_of(std::int64_t number, std::string_view noun);

// `812 bytes`, `1.2 kB`, `34 MB`, `5.6 GB`: powers of 1000.
std::string format_size(std::int64_t bytes);

// `0.42 s`, `12 s`, `3 min 20 s`, `2 h 05 min`.
std::string format_duration(double seconds);

// The candidates a person may have meant by `typed`, nearest first, at most `limit`.
std::vector<std::string> near_matches(std::string_view typed,
                                      std::span<const std::string> candidates,
                                      std::size_t limit = 3);

// "did you mean `a` or `b`?", empty where nothing is near.
std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates);

// Percent-encodes every byte but letters, digits, `-`, `_`, `.` and `~`, so that the text is one
// path component; a leading dot is encoded too.
std::string percent_encode(std::string_view text);
// The same for texts of any length: a name that is too long for a file is cut, and told by a hash.
std::string path_component(std::string_view text);

// `*` any run, `?` any character.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace partita
