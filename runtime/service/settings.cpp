#include "service/settings.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <cstdlib>
#include <sstream>

#include "base/text.hpp"

namespace partita {
namespace {

constexpr const char* kFileName = "partita.toml";
const std::vector<std::string> kTopLevelKeys{"definitions", "store", "jobs",
                                             "isolation",   "pools", "resources",
                                             "config",      "dev",   "max_worker_deaths"};

Json to_json(const toml::node& node);

Json table_to_json(const toml::table& table) {
  Json json = Json::object();
  for (const auto& [key, value] : table) json.set(key.str(), to_json(value));
  return json;
}

Json to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) return table_to_json(*table);
  if (const auto* array = node.as_array()) {
    Json json = Json::array();
    for (const toml::node& item : *array) json.push(to_json(item));
    return json;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  std::ostringstream text;
  node.visit([&](const auto& value) { text << value; });
  return text.str();
}

// Reads one partita.toml; its errors name the file, the line and the key.
class SettingsReader {
 public:
  SettingsReader(Settings& settings, std::string file)
      : settings_(settings), file_(std::move(file)) {}

  Status read(const toml::table& root) {
    for (const auto& [key, value] : root) {
      if (Status one = read_key(std::string(key.str()), value); !one) return one;
    }
    return {};
  }

 private:
  Status read_key(const std::string& key, const toml::node& value) {
    if (key == "definitions") return read_definitions(value);
    if (key == "store") return read_store(value);
    if (key == "jobs") return read_positive("jobs", value, settings_.jobs);
    if (key == "max_worker_deaths") return read_worker_deaths(value);
    if (key == "isolation") return read_isolation(value);
    if (key == "pools") return read_pools(value);
    if (key == "dev") return read_dev(value);
    if (key == "resources") return read_sections("resources", value, settings_.resources);
    if (key == "config") return read_sections("config", value, settings_.config);
    std::string hint = did_you_mean(key, kTopLevelKeys);
    if (hint.empty()) hint = "the keys are " + join(kTopLevelKeys, ", ");
    return refuse(value, fmt::format("unknown key `{}`", key), hint);
  }

  Error refuse(const toml::node& node, std::string what, std::string hint = {}) const {
    const auto line = node.source().begin.line;
    return usage_error(fmt::format("read {}:{}: {}", file_, line, what), std::move(hint));
  }

  Status read_definitions(const toml::node& value) {
    return read_directories("definitions", value, settings_.definitions);
  }

  Status read_directories(const std::string& name, const toml::node& value,
                          std::vector<Path>& out) const {
    const auto* array = value.as_array();
    if (array == nullptr)
      return refuse(value, fmt::format("`{}` takes a list of directories", name),
                    fmt::format("{0} = [\"{0}\"]", name));
    for (const toml::node& item : *array) {
      const auto* text = item.as_string();
      if (text == nullptr) return refuse(item, fmt::format("`{}` takes directories as text", name));
      out.push_back(absolute(text->get()));
    }
    return {};
  }

  Status read_dev(const toml::node& value) {
    const auto* table = value.as_table();
    if (table == nullptr) return refuse(value, "`dev` takes a table", "[dev]\n  build = \"...\"");
    for (const auto& [key, field] : *table) {
      if (key == "sources") {
        if (Status read = read_directories("sources", field, settings_.sources); !read) return read;
      } else if (key == "build" && field.is_string()) {
        settings_.build = field.as_string()->get();
      } else {
        return refuse(field, fmt::format("`dev.{}` is not known, or no text", key.str()),
                      "[dev] takes build = \"COMMAND\" and sources = [\"DIR\"]");
      }
    }
    return {};
  }

  Status read_store(const toml::node& value) {
    const auto* text = value.as_string();
    if (text == nullptr || text->get().empty())
      return refuse(value, "`store` takes the path of a file");
    settings_.store = absolute(text->get());
    return {};
  }

  Status read_positive(const std::string& name, const toml::node& value, int& out) const {
    const auto* number = value.as_integer();
    if (number == nullptr || number->get() < 1 || number->get() > 100'000) {
      return refuse(value, fmt::format("`{}` takes a whole number from 1", name));
    }
    out = static_cast<int>(number->get());
    return {};
  }

  Status read_worker_deaths(const toml::node& value) {
    const auto* number = value.as_integer();
    if (number != nullptr && number->get() == 0) {
      settings_.max_worker_deaths = 0;
      return {};
    }
    return read_positive("max_worker_deaths", value, settings_.max_worker_deaths);
  }

  Status read_isolation(const toml::node& value) {
    const auto* text = value.as_string();
    if (text == nullptr)
      return refuse(value, "`isolation` takes \"worker\", \"partition\" or \"none\"");
    Result<Isolation> isolation = parse_isolation(text->get());
    if (!isolation) return refuse(value, isolation.error().message, isolation.error().hint);
    settings_.isolation = *isolation;
    return {};
  }

  Status read_pools(const toml::node& value) {
    const auto* table = value.as_table();
    if (table == nullptr) return refuse(value, "`pools` takes a table", "[pools]\n  name = 2");
    for (const auto& [name, slots] : *table) {
      if (Status one = read_positive("pools." + std::string(name.str()), slots,
                                     settings_.pools[std::string(name.str())]);
          !one) {
        return one;
      }
    }
    return {};
  }

  Status read_sections(const std::string& name, const toml::node& value, Json& out) const {
    const auto* table = value.as_table();
    if (table == nullptr)
      return refuse(value, fmt::format("`{}` takes tables, as in [{}.name]", name, name));
    for (const auto& [section, fields] : *table) {
      if (fields.as_table() == nullptr) {
        return refuse(
            fields, fmt::format("`{0}.{1}` is not a table", name, std::string_view(section.str())),
            fmt::format("write [{}.NAME], then its fields", name));
      }
      out.set(section.str(), to_json(fields));
    }
    return {};
  }

  Path absolute(const std::string& path) const {
    return (settings_.directory / path).lexically_normal();
  }

  Settings& settings_;
  std::string file_;
};

Status read_toml(Settings& settings) {
  const Path file = settings.directory / kFileName;
  Result<std::string> text = read_file(file);
  if (!text) return std::move(text).error();
  try {
    const toml::table root = toml::parse(*text, file.string());
    return SettingsReader(settings, file.string()).read(root);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    return usage_error(
        fmt::format("read {}:{}:{}: {}", file.string(), at.line, at.column, error.description()),
        "mend the line; partita.toml is TOML");
  }
}

Status read_environment(Settings& settings) {
  if (const char* isolation = std::getenv("PARTITA_ISOLATION")) {
    Result<Isolation> parsed = parse_isolation(isolation);
    if (!parsed) return std::move(parsed).error().wrap("read PARTITA_ISOLATION");
    settings.isolation = *parsed;
  }
  if (const char* jobs = std::getenv("PARTITA_JOBS")) {
    const int number =
        std::atoi(jobs);  // NOLINT(cert-err34-c): anything that is no number is refused
    if (number < 1)
      return usage_error(fmt::format("read PARTITA_JOBS: `{}` is not a whole number from 1", jobs));
    settings.jobs = number;
  }
  return {};
}

// `value` as TOML reads a scalar; text if it is none.
Json parse_scalar(const std::string& value) {
  try {
    const toml::table table = toml::parse("value = " + value);
    const toml::node* node = table.get("value");
    if (table.size() == 1 && node != nullptr && node->is_value()) return to_json(*node);
  } catch (const toml::parse_error&) {
    return value;
  }
  return value;
}

}  // namespace

Result<Isolation> parse_isolation(std::string_view text) {
  if (text == "none") return Isolation::none;
  if (text == "worker") return Isolation::worker;
  if (text == "partition") return Isolation::partition;
  return usage_error(fmt::format("unknown isolation `{}`", text),
                     "it is `worker`, `partition` or `none`");
}

Result<Path> find_project(const Path& start) {
  std::error_code failed;
  const Path from = std::filesystem::absolute(start, failed).lexically_normal();
  for (Path at = from.has_filename() ? from : from.parent_path();; at = at.parent_path()) {
    if (std::filesystem::exists(at / kFileName, failed)) return at;
    if (at == at.parent_path()) break;
  }
  return usage_error(
      fmt::format("find a project: no {} in {} or above it", kFileName, from.string()),
      "go to a project's directory or name it with --project DIR");
}

Result<Settings> load_settings(const Path& project_directory) {
  Settings settings;
  settings.directory = project_directory;
  settings.state = project_directory / ".partita";
  settings.store = settings.state / "partita.db";
  if (Status read = read_toml(settings); !read) return std::move(read).error();
  if (settings.definitions.empty())
    settings.definitions.push_back(project_directory / "definitions");
  if (Status read = read_environment(settings); !read) return std::move(read).error();
  return settings;
}

Status apply_config_option(Settings& settings, std::string_view option) {
  const std::size_t equals = option.find('=');
  const std::string_view name = option.substr(0, equals);
  if (equals == std::string_view::npos || name.empty()) {
    return usage_error(fmt::format("read --config `{}`: it has no `name=value`", option),
                       "--config name=value for every asset, --config asset.name=value for one");
  }
  const std::size_t dot = name.rfind('.');
  const std::string section(dot == std::string_view::npos ? "*" : name.substr(0, dot));
  const std::string_view field = dot == std::string_view::npos ? name : name.substr(dot + 1);
  Json values = settings.config[section];
  values.set(field, parse_scalar(std::string(option.substr(equals + 1))));
  settings.config.set(section, std::move(values));
  return {};
}

}  // namespace partita
