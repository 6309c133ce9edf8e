// Run: the partition being materialized, and what its function may ask of the host and tell it.
//
// Valid while the function runs, and every text it gives with it. Other partitions may run at the
// same time on other threads, each with a Run of its own. A Run may be used from threads that the
// function starts, provided it joins them before it returns.
#pragma once

#include <partita/abi.h>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/dimension_key.hpp>
#include <partita/errors.hpp>
#include <partita/input.hpp>
#include <partita/table.hpp>
#include <partita/time.hpp>
#include <partita/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

namespace detail {

// What a lookup gave: a name that is not set is no error.
inline std::optional<Value> answered(partita_status status, const partita_value* value,
                                     const std::string& what) {
  if (status == PARTITA_NOT_FOUND) return std::nullopt;
  if (status == PARTITA_OK) return Value::from_abi(received(value, "partita_value"));
  throw Failed(what + ": refused by the host, status " + detail::decimal(status));
}

}  // namespace detail

// `[resources.NAME]` of partita.toml.
class Resource {
 public:
  Resource(const partita_run& run, std::string_view name) : run_(&run), name_(name) {}

  // Fails where the field is not set or of another type.
  template <class T = std::string>
  T get(std::string_view field) const {
    if (auto value = find(field)) return detail::value_or_fail<T>(*value, what(field));
    throw Failed(what(field) + " is not set: add it to [resources." + name_ + "] in partita.toml");
  }
  template <class T>
  detail::stored_t<T> get(std::string_view field, T fallback) const {
    using Stored = detail::stored_t<T>;
    if (auto value = find(field)) return detail::value_or_fail<Stored>(*value, what(field));
    return Stored(fallback);
  }

 private:
  std::optional<Value> find(std::string_view field) const {
    if (run_->resource == nullptr) return std::nullopt;
    const partita_value* value = nullptr;
    const auto status =
        run_->resource(run_->ctx, detail::to_str(name_), detail::to_str(field), &value);
    return detail::answered(status, value, what(field));
  }
  std::string what(std::string_view field) const {
    return "field " + detail::in_quotes(field) + " of resource " + detail::in_quotes(name_);
  }

  const partita_run* run_;
  std::string name_;
};

class Run {
 public:
  explicit Run(const partita_run* run) : run_(detail::received(run, "partita_run")) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // ---- which partition

  std::string_view asset() const { return detail::view(run_.asset); }
  std::string_view run_id() const { return detail::view(run_.run_id); }
  int attempt() const { return static_cast<int>(run_.attempt); }
  // The whole key; empty where the asset is not partitioned.
  std::string_view partition() const { return detail::view(run_.partition); }
  std::string_view key(std::string_view dimension) const {
    return detail::find_dimension(dimensions(), dimension, owner()).key;
  }
  std::vector<DimensionKey> dimensions() const {
    return detail::dimension_keys(run_.dimensions, run_.dimension_count);
  }
  // The window of the asset's dimension of time; fails where it has none, or more than one.
  Window window() const { return detail::only_window(dimensions(), owner()); }
  Window window(std::string_view dimension) const {
    return detail::named_window(dimensions(), dimension, owner());
  }

  // ---- what it works with

  // The upstream partitions; fails where the asset does not depend on `asset`.
  Input input(std::string_view asset) const {
    const partita_input* input = nullptr;
    ask("input " + detail::in_quotes(asset), run_.input, detail::to_str(asset), &input);
    return Input(input);
  }
  // A setting of this asset; fails where it is not set or of another type.
  template <class T = std::string>
  T config(std::string_view name) const {
    if (auto value = find_config(name)) return detail::value_or_fail<T>(*value, setting(name));
    throw Failed(setting(name) + " is not set: add it to [config." + std::string(asset()) +
                 "] in partita.toml, or pass --config " + std::string(name) + "=VALUE");
  }
  template <class T>
  detail::stored_t<T> config(std::string_view name, T fallback) const {
    using Stored = detail::stored_t<T>;
    if (auto value = find_config(name)) return detail::value_or_fail<Stored>(*value, setting(name));
    return Stored(fallback);
  }
  Resource resource(std::string_view name) const { return {run_, name}; }

  // The directory that becomes the partition's output when it succeeds; nobody sees it before.
  std::string output_dir() const { return directory("output directory", run_.output_dir); }
  // A directory that is removed after this attempt.
  std::string temp_dir() const { return directory("temporary directory", run_.temp_dir); }

  // ---- what it tells

  void log(std::string_view text) const { log(PARTITA_LOG_INFO, text); }
  void debug(std::string_view text) const { log(PARTITA_LOG_DEBUG, text); }
  void warn(std::string_view text) const { log(PARTITA_LOG_WARNING, text); }
  void error(std::string_view text) const { log(PARTITA_LOG_ERROR, text); }

  // Facts kept with the materialization; the last value of a name counts.
  void metadata(std::string_view name, const Value& value) const {
    const auto table = value.to_abi();
    ask("metadata " + detail::in_quotes(name), run_.metadata, detail::to_str(name), &table);
  }
  // Equal text means equal data: what depends on it stays fresh.
  void data_version(std::string_view text) const {
    ask("data version " + detail::in_quotes(text), run_.data_version, detail::to_str(text));
  }
  // From 0 to 1; below 0 where it is not known.
  void progress(double fraction, std::string_view text = {}) const {
    if (run_.progress != nullptr) run_.progress(run_.ctx, fraction, detail::to_str(text));
  }

  // ---- how it ends

  // Cheap enough for every turn of a loop.
  bool cancelled() const { return run_.cancelled != nullptr && run_.cancelled(run_.ctx) != 0; }
  void throw_if_cancelled() const {
    if (cancelled()) throw Cancelled();
  }
  [[noreturn]] void skip(std::string reason) const { throw Skipped{std::move(reason)}; }
  [[noreturn]] void fail(const std::string& reason) const { throw Failed(reason); }

 private:
  std::string owner() const { return "asset " + detail::in_quotes(asset()); }
  std::string setting(std::string_view name) const {
    return "config " + detail::in_quotes(name) + " of " + owner();
  }

  void log(std::int32_t level, std::string_view text) const {
    if (run_.log != nullptr) run_.log(run_.ctx, level, detail::to_str(text));
  }

  template <class... Parameters, class... Arguments>
  void ask(const std::string& what, partita_status (*function)(void*, Parameters...),
           Arguments... arguments) const {
    if (function == nullptr) throw Failed(what + ": this host does not offer it");
    const partita_status status = function(run_.ctx, arguments...);
    if (status == PARTITA_OK) return;
    if (status == PARTITA_NOT_FOUND) throw Failed(owner() + " does not declare " + what);
    if (status == PARTITA_CANCELLED) throw Cancelled();
    throw Failed(what + ": refused by the host, status " + detail::decimal(status));
  }

  std::string directory(const char* what, partita_status (*function)(void*, partita_str*)) const {
    partita_str path{};
    ask(what, function, &path);
    return std::string(detail::view(path));
  }

  std::optional<Value> find_config(std::string_view name) const {
    if (run_.config == nullptr) return std::nullopt;
    const partita_value* value = nullptr;
    const auto status = run_.config(run_.ctx, detail::to_str(name), &value);
    return detail::answered(status, value, setting(name));
  }

  partita_run run_;
};

}  // namespace partita
#pragma GCC visibility pop
