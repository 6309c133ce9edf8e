#include "service/secrets.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.hpp"

namespace partita {
namespace {

bool is_reference(const Json& value, const char* kind) {
  return value.is_object() && value.as_object().size() == 1 && value[kind].is_string();
}

Result<Json> resolve(const std::string& name, const Json& value, const Settings& settings) {
  if (is_reference(value, "env")) {
    const std::string& variable = value["env"].as_string();
    const char* text = std::getenv(variable.c_str());
    if (text != nullptr) return Json(text);
    return usage_error(fmt::format("read {}: the environment has no {}", name, variable),
                       fmt::format("export {}=...", variable));
  }
  if (is_reference(value, "file")) {
    Result<std::string> text = read_file(settings.directory / value["file"].as_string());
    if (!text) return usage_error(fmt::format("read {}: {}", name, text.error().message));
    return Json(trim(*text));
  }
  return value;
}

}  // namespace

Result<Json> resolve_secrets(const Settings& settings) {
  Json resolved = Json::object();
  for (const auto& [resource, fields] : settings.resources.as_object()) {
    Json section = Json::object();
    for (const auto& [field, value] : fields.as_object()) {
      Result<Json> text = resolve(fmt::format("resources.{}.{}", resource, field), value, settings);
      if (!text) return text;
      section.set(field, *std::move(text));
    }
    resolved.set(resource, std::move(section));
  }
  return resolved;
}

}  // namespace partita
