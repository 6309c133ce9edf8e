#include "base/json.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

namespace partita {
namespace {

namespace bj = boost::json;

const std::string kEmptyString;
const Json::Array kEmptyArray;
const Json::Object kEmptyObject;
const Json kNull;

Json from_boost(const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      return {};
    case bj::kind::bool_:
      return value.get_bool();
    case bj::kind::int64:
      return value.get_int64();
    case bj::kind::uint64:
      return static_cast<double>(value.get_uint64());
    case bj::kind::double_:
      return value.get_double();
    case bj::kind::string:
      return std::string(value.get_string().data(), value.get_string().size());
    case bj::kind::array: {
      Json::Array array;
      array.reserve(value.get_array().size());
      for (const auto& item : value.get_array()) array.push_back(from_boost(item));
      return array;
    }
    case bj::kind::object: {
      Json::Object object;
      object.reserve(value.get_object().size());
      for (const auto& member : value.get_object()) {
        object.emplace_back(std::string(member.key()), from_boost(member.value()));
      }
      return object;
    }
  }
  return {};
}

// The shortest text that reads back equal, as a number with a fraction or an exponent.
std::string number_text(double number) {
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

// Writes JSON text; `indent` below 0 keeps it on one line.
class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Json& json, int depth = 0) {
    if (json.is_object()) return write_object(json.as_object(), depth);
    if (json.is_array()) return write_array(json.as_array(), depth);
    write_scalar(json);
  }
  std::string take() { return std::move(out_); }

 private:
  void write_scalar(const Json& json) {
    if (json.is_string()) {
      write_string(json.as_string());
    } else if (json.is_int()) {
      out_ += std::to_string(json.as_int());
    } else if (json.is_double()) {
      const double number = json.as_double();
      out_ += std::isfinite(number) ? number_text(number) : "null";
    } else if (json.is_bool()) {
      out_ += json.as_bool() ? "true" : "false";
    } else {
      out_ += "null";
    }
  }

  void write_string(const std::string& text) {
    out_ += bj::serialize(bj::value(bj::string_view(text.data(), text.size())));
  }

  void write_array(const Json::Array& array, int depth) {
    out_ += '[';
    for (std::size_t i = 0; i < array.size(); ++i) {
      if (i > 0) out_ += ',';
      new_line(depth + 1);
      write(array[i], depth + 1);
    }
    if (!array.empty()) new_line(depth);
    out_ += ']';
  }

  void write_object(const Json::Object& object, int depth) {
    out_ += '{';
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (i > 0) out_ += ',';
      new_line(depth + 1);
      write_string(object[i].first);
      out_ += pretty_ ? ": " : ":";
      write(object[i].second, depth + 1);
    }
    if (!object.empty()) new_line(depth);
    out_ += '}';
  }

  void new_line(int depth) {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * static_cast<std::size_t>(depth), ' ');
  }

  bool pretty_;
  std::string out_;
};

std::string write_text(const Json& json, bool pretty) {
  Writer writer(pretty);
  writer.write(json);
  return writer.take();
}

}  // namespace

bool Json::as_bool() const {
  const bool* value = std::get_if<bool>(&value_);
  return value != nullptr && *value;
}

std::int64_t Json::as_int() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const auto* value = std::get_if<double>(&value_)) return static_cast<std::int64_t>(*value);
  return 0;
}

double Json::as_double() const {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  return 0;
}

const std::string& Json::as_string() const {
  const auto* value = std::get_if<std::string>(&value_);
  return value != nullptr ? *value : kEmptyString;
}

const Json::Array& Json::as_array() const {
  const auto* value = std::get_if<Array>(&value_);
  return value != nullptr ? *value : kEmptyArray;
}

const Json::Object& Json::as_object() const {
  const auto* value = std::get_if<Object>(&value_);
  return value != nullptr ? *value : kEmptyObject;
}

const Json& Json::operator[](std::string_view key) const {
  for (const auto& [name, value] : as_object()) {
    if (name == key) return value;
  }
  return kNull;
}

bool Json::contains(std::string_view key) const {
  for (const auto& [name, value] : as_object()) {
    if (name == key) return true;
  }
  return false;
}

Json& Json::set(std::string_view key, Json value) {
  if (!is_object()) value_ = Object{};
  auto& object = std::get<Object>(value_);
  for (auto& [name, old] : object) {
    if (name == key) {
      old = std::move(value);
      return *this;
    }
  }
  object.emplace_back(std::string(key), std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  if (!is_array()) value_ = Array{};
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

std::string Json::dump() const {
  return write_text(*this, false);
}

std::string Json::pretty() const {
  return write_text(*this, true);
}

Result<Json> Json::parse(std::string_view text) {
  boost::system::error_code failed;
  bj::parse_options options;
  options.max_depth = 128;
  const bj::value value = bj::parse(bj::string_view(text.data(), text.size()), failed, {}, options);
  if (failed) return usage_error("parse json: " + failed.message());
  return from_boost(value);
}

}  // namespace partita
