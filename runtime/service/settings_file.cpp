#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/text.hpp"
#include "service/settings_sources.hpp"

namespace partita {
namespace {

const std::vector<std::string> kProjectKeys{"definitions", "store", "jobs",
                                            "isolation",   "pools", "resources",
                                            "config",      "dev",   "max_worker_deaths"};
const std::vector<std::string> kUserKeys{"jobs", "isolation", "max_worker_deaths", "pools",
                                         "config"};

bool is_in(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

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

// Reads one file; its errors name the file, the line and the key.
class SettingsReader {
 public:
  SettingsReader(Settings& settings, const Path& file, Origin::Kind kind)
      : settings_(settings), file_(file), kind_(kind) {}

  Status read(const toml::table& root) {
    for (const auto& [key, value] : root) {
      if (Status one = read_key(std::string(key.str()), value); !one) return one;
    }
    return {};
  }

 private:
  Status read_key(const std::string& key, const toml::node& value) {
    if (Status known = check_key(key, value); !known) return known;
    if (key == "definitions") return read_directories(key, value, settings_.definitions);
    if (key == "store") return read_store(value);
    if (key == "jobs") return read_number(key, value, 1, settings_.jobs);
    if (key == "max_worker_deaths") return read_number(key, value, 0, settings_.max_worker_deaths);
    if (key == "isolation") return read_isolation(value);
    if (key == "pools") return read_pools(value);
    if (key == "dev") return read_dev(value);
    return read_sections(key, value, key == "config" ? settings_.config : settings_.resources);
  }

  Status check_key(const std::string& key, const toml::node& value) const {
    const auto& keys = kind_ == Origin::Kind::user ? kUserKeys : kProjectKeys;
    if (is_in(keys, key)) return {};
    if (is_in(kProjectKeys, key))
      return refuse(value, fmt::format("`{}` is a project's own", key),
                    "move it to the partita.toml of the project that it is for");
    std::string hint = did_you_mean(key, keys);
    if (hint.empty()) hint = "the keys are " + join(keys, ", ");
    return refuse(value, fmt::format("unknown key `{}`", key), hint);
  }

  Error refuse(const toml::node& node, std::string what, std::string hint = {}) const {
    const auto line = node.source().begin.line;
    return usage_error(fmt::format("read {}:{}: {}", file_.string(), line, what), std::move(hint));
  }

  void note(const std::string& name, const toml::node& node) const {
    settings_.origins[name] = {kind_, file_.string(), static_cast<int>(node.source().begin.line)};
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
    note(name, value);
    return {};
  }

  Status read_dev(const toml::node& value) {
    const auto* table = value.as_table();
    if (table == nullptr) return refuse(value, "`dev` takes a table", "[dev]\n  build = \"...\"");
    for (const auto& [key, field] : *table) {
      if (key == "sources") {
        if (Status read = read_directories("dev.sources", field, settings_.sources); !read)
          return read;
      } else if (key == "build" && field.is_string()) {
        settings_.build = field.as_string()->get();
        note("dev.build", field);
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
    note("store", value);
    return {};
  }

  Status read_number(const std::string& name, const toml::node& value, int least, int& out) const {
    const auto* number = value.as_integer();
    if (number == nullptr || number->get() < least || number->get() > kLargestSetting) {
      return refuse(value, fmt::format("`{}` takes a whole number from {}", name, least),
                    number != nullptr && number->get() > least
                        ? fmt::format("it is at most {}", kLargestSetting)
                        : "");
    }
    out = static_cast<int>(number->get());
    note(name, value);
    return {};
  }

  Status read_isolation(const toml::node& value) {
    const auto* text = value.as_string();
    if (text == nullptr)
      return refuse(value, "`isolation` takes \"worker\", \"partition\" or \"none\"");
    Result<Isolation> isolation = parse_isolation(text->get());
    if (!isolation) return refuse(value, isolation.error().message, isolation.error().hint);
    settings_.isolation = *isolation;
    note("isolation", value);
    return {};
  }

  Status read_pools(const toml::node& value) {
    const auto* table = value.as_table();
    if (table == nullptr) return refuse(value, "`pools` takes a table", "[pools]\n  name = 2");
    for (const auto& [key, slots] : *table) {
      const std::string pool(key.str());
      Status read = read_number(setting_name({"pools", pool}), slots, 1, settings_.pools[pool]);
      if (!read) return read;
    }
    return {};
  }

  Status read_sections(const std::string& name, const toml::node& value, Json& out) const {
    const auto* table = value.as_table();
    if (table == nullptr)
      return refuse(value, fmt::format("`{}` takes tables, as in [{}.name]", name, name));
    for (const auto& [section, fields] : *table) {
      if (!fields.is_table()) {
        return refuse(fields, fmt::format("`{}.{}` is not a table", name, section.str()),
                      fmt::format("write [{}.NAME], then its fields", name));
      }
      read_section(name, std::string(section.str()), *fields.as_table(), out);
    }
    return {};
  }

  void read_section(const std::string& name, const std::string& section, const toml::table& fields,
                    Json& out) const {
    Json values = out.contains(section) ? out[section] : Json::object();
    for (const auto& [field, value] : fields) {
      values.set(field.str(), to_json(value));
      note(setting_name({name, section, std::string(field.str())}), value);
    }
    out.set(section, std::move(values));
  }

  Path absolute(const std::string& path) const {
    return (settings_.directory / path).lexically_normal();
  }

  Settings& settings_;
  const Path& file_;
  Origin::Kind kind_;
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool is_missing(const Path& file) {
  std::error_code failed;
  return std::filesystem::status(file, failed).type() == std::filesystem::file_type::not_found;
}

}  // namespace

Path user_settings_file() {
  const Path configuration = variable("XDG_CONFIG_HOME");
  if (configuration.is_absolute()) return configuration / "partita" / "config.toml";
  const Path home = variable("HOME");
  return home.is_absolute() ? home / ".config" / "partita" / "config.toml" : Path();
}

Status read_settings_file(Settings& settings, const Path& file, Origin::Kind kind) {
  if (kind == Origin::Kind::user && (file.empty() || is_missing(file))) return {};
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed))
    return usage_error(fmt::format("read {}: it is a directory", file.string()),
                       "move it away; `partita init` makes a project");
  Result<std::string> text = read_file(file);
  if (!text) return std::move(text).error();
  try {
    const toml::table root = toml::parse(*text, file.string());
    return SettingsReader(settings, file, kind).read(root);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    return usage_error(
        fmt::format("read {}:{}:{}: {}", file.string(), at.line, at.column, error.description()),
        fmt::format("mend the line; {} is TOML", file.filename().string()));
  }
}

Json parse_setting(const std::string& text) {
  try {
    const toml::table table = toml::parse("value = " + text);
    const toml::node* node = table.get("value");
    if (table.size() == 1 && node != nullptr && node->is_value()) return to_json(*node);
  } catch (const toml::parse_error&) {
    return text;
  }
  return text;
}

}  // namespace partita
