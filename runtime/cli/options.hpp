// Options: what a command takes, and what was typed.
//
// Boost.Program_options splits the words, behind options.cpp; this adds suggestions for what is
// misspelt and knows nothing of what the options mean. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace partita {

struct OptionSpec {
  std::string name;   // long, without dashes
  char letter = 0;    // short; 0: none
  std::string value;  // what it takes, in capitals or as `a|b|c`; `[=N]`: or nothing; empty: a flag
  std::string help;
  bool repeatable = false;
};

struct PositionalSpec {
  std::string name;  // in capitals
  bool required = false;
  bool many = false;              // any number; the last one only
  std::string hint_at_more = {};  // when there is one more than that
};

class ParsedOptions {
 public:
  bool has(std::string_view name) const { return count(name) > 0; }
  std::size_t count(std::string_view name) const { return values(name).size(); }
  // The last that was typed; empty where none was.
  std::string value(std::string_view name) const;
  // In the order typed; a flag has an empty one each time.
  const std::vector<std::string>& values(std::string_view name) const;
  Result<std::int64_t> number(std::string_view name, std::int64_t fallback,
                              std::int64_t smallest) const;

  const std::vector<std::string>& positionals() const { return positionals_; }
  // Empty where there are not so many.
  std::string positional(std::size_t index) const;

 private:
  friend class OptionsParse;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> positionals_;
};

// Refuses unknown options (with what was near), missing values, values other than the choices of an
// `a|b|c`, and repeated options that are not repeatable. Positionals are as they come.
Result<ParsedOptions> parse_options(std::span<const OptionSpec> specs,
                                    std::span<const std::string> words);

// Refuses missing and superfluous positionals.
Status check_positionals(std::span<const PositionalSpec> specs, const ParsedOptions& options);

// Where in `words` the command stands: the first that neither is one of the global options nor the
// value of one. Nothing if there is none. Refuses unknown options before it.
Result<std::optional<std::size_t>> find_command(std::span<const OptionSpec> globals,
                                                std::span<const std::string> words);

// `-j, --jobs N`.
std::string spelling(const OptionSpec& option);

}  // namespace partita
