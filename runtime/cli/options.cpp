#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include "base/text.hpp"

namespace partita {
namespace {

namespace po = boost::program_options;

const std::vector<std::string> kNoValues;

// Abbreviations are refused: a script that uses one breaks when an option is added.
constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

const OptionSpec* find_option(std::span<const OptionSpec> specs, std::string_view name) {
  for (const OptionSpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

po::options_description describe(std::span<const OptionSpec> specs) {
  po::options_description description;
  for (const OptionSpec& spec : specs) {
    const std::string names =
        spec.letter != 0 ? fmt::format("{},{}", spec.name, spec.letter) : spec.name;
    if (spec.value.empty()) {
      description.add_options()(names.c_str(), "");
    } else if (spec.value.front() == '[') {
      description.add_options()(names.c_str(), po::value<std::string>()->implicit_value(""), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::string>(), "");
    }
  }
  return description;
}

Error unknown_option(std::span<const OptionSpec> specs, std::string_view typed) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) names.push_back("--" + spec.name);
  return usage_error(fmt::format("unknown option `{}`", typed), did_you_mean(typed, names));
}

Error syntax_error(std::span<const OptionSpec> specs, const po::invalid_command_line_syntax& what) {
  const std::string typed = what.get_option_name();
  const std::size_t start = typed.find_first_not_of('-');
  const OptionSpec* spec =
      start != std::string::npos ? find_option(specs, typed.substr(start)) : nullptr;
  if (what.kind() == po::invalid_syntax::extra_parameter)
    return usage_error(fmt::format("option `{}` takes no value", typed));
  if (spec != nullptr)
    return usage_error(fmt::format("option `{}` needs a value", typed),
                       fmt::format("write `--{} {}`", spec->name, spec->value));
  return usage_error(what.what());
}

bool is_choice(const OptionSpec& spec) {
  return spec.value.find('|') != std::string::npos;
}

Status check_value(const OptionSpec& spec, const std::string& value) {
  if (!is_choice(spec)) return {};
  const std::vector<std::string> choices = split(spec.value, '|');
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  return usage_error(fmt::format("option `--{}` does not take `{}`", spec.name, value),
                     "it takes " + join(choices, ", "));
}

}  // namespace

class OptionsParse {
 public:
  explicit OptionsParse(std::span<const OptionSpec> specs) : specs_(specs) {}

  Status add(const po::option& typed) {
    if (typed.string_key.empty()) {
      const auto& values = typed.value;
      parsed_.positionals_.insert(parsed_.positionals_.end(), values.begin(), values.end());
      return {};
    }
    const OptionSpec& spec = *find_option(specs_, typed.string_key);
    std::vector<std::string>& values = parsed_.values_[spec.name];
    if (!values.empty() && !spec.repeatable)
      return usage_error(fmt::format("option `--{}` is given twice", spec.name));
    values.push_back(typed.value.empty() ? "" : typed.value.front());
    return spec.value.empty() ? Status() : check_value(spec, values.back());
  }

  ParsedOptions take() { return std::move(parsed_); }

 private:
  std::span<const OptionSpec> specs_;
  ParsedOptions parsed_;
};

Result<ParsedOptions> parse_options(std::span<const OptionSpec> specs,
                                    std::span<const std::string> words) {
  const po::options_description description = describe(specs);
  OptionsParse parse(specs);
  try {
    const std::vector<std::string> copy(words.begin(), words.end());
    const auto typed = po::command_line_parser(copy).options(description).style(kStyle).run();
    for (const po::option& option : typed.options) {
      if (Status added = parse.add(option); !added) return std::move(added).error();
    }
  } catch (const po::unknown_option& what) {
    return unknown_option(specs, what.get_option_name());
  } catch (const po::invalid_command_line_syntax& what) {
    return syntax_error(specs, what);
  } catch (const po::error& what) {
    return usage_error(what.what());
  }
  return parse.take();
}

Status check_positionals(std::span<const PositionalSpec> specs, const ParsedOptions& options) {
  const std::vector<std::string>& typed = options.positionals();
  const bool many = !specs.empty() && specs.back().many;
  if (typed.size() > specs.size() && !many)
    return usage_error(fmt::format("unexpected argument `{}`", typed[specs.size()]),
                       specs.empty() ? "" : specs.back().hint_at_more);
  for (std::size_t i = typed.size(); i < specs.size(); ++i) {
    if (specs[i].required) return usage_error(fmt::format("{} is missing", specs[i].name));
  }
  return {};
}

Result<std::optional<std::size_t>> find_command(std::span<const OptionSpec> globals,
                                                std::span<const std::string> words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 2 || word[0] != '-') return std::optional(i);
    if (word[1] != '-') continue;  // short ones are flags
    const OptionSpec* spec = find_option(globals, word.substr(2, word.find('=') - 2));
    if (spec == nullptr) return unknown_option(globals, word);
    if (!spec->value.empty() && word.find('=') == std::string::npos) ++i;
  }
  return std::optional<std::size_t>();
}

std::string ParsedOptions::value(std::string_view name) const {
  const std::vector<std::string>& all = values(name);
  return all.empty() ? "" : all.back();
}

const std::vector<std::string>& ParsedOptions::values(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() ? found->second : kNoValues;
}

Result<std::int64_t> ParsedOptions::number(std::string_view name, std::int64_t fallback,
                                           std::int64_t smallest) const {
  if (!has(name)) return fallback;
  const std::string text = value(name);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size() && number >= smallest)
    return number;
  return usage_error(fmt::format("option `--{}` does not take `{}`", name, text),
                     fmt::format("it takes a whole number from {} on", smallest));
}

std::string ParsedOptions::positional(std::size_t index) const {
  return index < positionals_.size() ? positionals_[index] : "";
}

std::string spelling(const OptionSpec& option) {
  std::string text = option.letter != 0 ? fmt::format("-{}, --{}", option.letter, option.name)
                                        : fmt::format("    --{}", option.name);
  if (option.value.empty() || option.value.front() == '[') return text + option.value;
  return text + " " + option.value;
}

}  // namespace partita
