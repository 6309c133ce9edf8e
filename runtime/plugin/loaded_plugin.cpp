#include "plugin/loaded_plugin.hpp"

#define BOOST_DLL_USE_STD_FS
#include <cxxabi.h>
#include <fmt/format.h>

#include <boost/dll/shared_library.hpp>
#include <exception>
#include <memory>
#include <vector>

#include "base/log.hpp"
#include "plugin/plugin_note.hpp"
#include "plugin/received.hpp"
#include "plugin/registrar.hpp"

namespace partita {
namespace {

Error plugin_error(std::string message) {
  return {ErrorCode::definitions, std::move(message), {}};
}

// dlerror's text out of Boost.DLL's, which wraps it.
std::string dlerror_text(std::string_view text) {
  constexpr std::string_view kBefore = "dlerror system message: ";
  const std::size_t begin = text.find(kBefore);
  const std::size_t end = text.rfind("): ");
  if (begin == std::string_view::npos || end == std::string_view::npos) return std::string(text);
  return std::string(text.substr(begin + kBefore.size(), end - begin - kBefore.size()));
}

// `std::runtime_error: what it says`, `int`: the exception being handled.
std::string current_exception_text() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  std::string name = type != nullptr ? demangled(type->name()) : "unknown";
  try {
    throw;
  } catch (const std::exception& error) {
    return fmt::format("{}: {}", name, error.what());
  } catch (...) {
    return name;
  }
}

// Calls a plugin's function. The ABI lets no exception through, but a foreign one is no reason to
// die.
template <class Call>
Status guarded(std::string_view what, Call call) {
  try {
    return call();
  } catch (...) {
    return plugin_error(fmt::format("{} threw {}", what, current_exception_text()));
  }
}

void log_for_plugin(void* /*ctx*/, int32_t level, partita_str text) {
  const std::string_view line(text.ptr != nullptr ? text.ptr : "",
                              text.ptr != nullptr ? text.len : 0);
  if (level >= PARTITA_LOG_ERROR) return log::error(line);
  if (level == PARTITA_LOG_WARNING) return log::warning(line);
  if (level == PARTITA_LOG_INFO) return log::info(line);
  log::debug(line);
}

const void* no_extension(void* /*ctx*/, const char* /*id*/) {
  return nullptr;
}

// One for all plugins, as long as the process.
const partita_host& host_table() {
  static const partita_host host = {sizeof(partita_host), PARTITA_ABI_MINOR, nullptr,
                                    &log_for_plugin, &no_extension};
  return host;
}

using Library = boost::dll::shared_library;

// Libraries are never closed: what a plugin leaves behind (threads, destructors, handlers) points
// into its code. Kept where they can be reached for as long as the process lives.
const Library& kept_open(std::unique_ptr<Library> library) {
  static auto* const libraries = new std::vector<std::unique_ptr<Library>>;
  return *libraries->emplace_back(std::move(library));
}

Result<const Library*> open_library(const Path& file) {
  try {
    // Without rtld_now a missing symbol would end the process at the first call.
    return &kept_open(std::make_unique<Library>(
        file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local));
  } catch (const boost::dll::fs::system_error& error) {
    return plugin_error(dlerror_text(error.what()));
  } catch (...) {
    // Through the loader, where that can be unwound: elsewhere it ends the process.
    return plugin_error("a constructor threw " + current_exception_text());
  }
}

struct Entry {
  partita_entry_v1_fn call = nullptr;
};

Result<Entry> find_entry(const Library& library) {
  try {
    return Entry{&library.get<const partita_plugin*(const partita_host*)>(PARTITA_ENTRY_SYMBOL)};
  } catch (const std::exception& error) {
    return plugin_error(dlerror_text(error.what()));
  }
}

Result<partita_plugin> call_entry(const Entry& entry) {
  Result<partita_plugin> plugin = plugin_error("its entry was not called");
  const Status called = guarded("its entry", [&]() -> Status {
    plugin = received(entry.call(&host_table()), "the table its entry returned");
    return {};
  });
  if (!called) return called.error();
  if (!plugin) return plugin_error(plugin.error().message);
  if (plugin->define == nullptr) return plugin_error("partita_plugin.define is null");
  return plugin;
}

std::string status_text(partita_status status) {
  switch (status) {
    case PARTITA_FAILED:
      return "failed";
    case PARTITA_INVALID:
      return "says that something is invalid";
    case PARTITA_UNSUPPORTED:
      return "needs something that this host has not";
    case PARTITA_NO_MEMORY:
      return "ran out of memory";
    default:
      return fmt::format("returned status {}", status);
  }
}

Status call_define(const partita_plugin& plugin, Registrar& registrar) {
  partita_status status = PARTITA_OK;
  if (Status called = guarded("define()",
                              [&]() -> Status {
                                status = plugin.define(plugin.self, &registrar.table());
                                return {};
                              });
      !called) {
    return called;
  }
  if (!registrar.within_limits()) return plugin_error(registrar.within_limits().error().message);
  // INVALID may come from a declaration that was refused, which is told on its own.
  if (status == PARTITA_OK) return {};
  if (status == PARTITA_INVALID && !registrar.declarations().refused.empty()) return {};
  std::string message = "define() " + status_text(status);
  if (!registrar.failure().empty()) message += ": " + registrar.failure();
  return plugin_error(std::move(message));
}

void tell_failure(const partita_run& run, const std::string& reason) {
  if (run.fail != nullptr) run.fail(run.ctx, {reason.data(), reason.size()});
}

partita_status call_run(const RunFunction* function, const partita_run& run) {
  if (function == nullptr) return PARTITA_NOT_FOUND;
  partita_status status = PARTITA_FAILED;
  const Status called = guarded("it", [&]() -> Status {
    status = function->run(function->user, &run);
    return {};
  });
  if (!called) tell_failure(run, called.error().message);
  return status;
}

}  // namespace

struct LoadedPlugin::State {
  State(std::string plugin_id, Declared declared) : registrar(std::move(plugin_id), declared) {}
  partita_plugin plugin{};
  Registrar registrar;
};

LoadedPlugin::LoadedPlugin(std::unique_ptr<State> state) : state_(std::move(state)) {}

LoadedPlugin::~LoadedPlugin() {
  const Status ended = guarded("close()", [&]() -> Status {
    state_->registrar.drop_all();
    if (state_->plugin.close != nullptr) state_->plugin.close(state_->plugin.self);
    return {};
  });
  if (!ended) log::warning(ended.error().message);
}

Result<std::unique_ptr<LoadedPlugin>> LoadedPlugin::open(const Path& file,
                                                         const OnPhase& on_phase) {
  return open(file, on_phase, Declared::anew);
}

Result<std::unique_ptr<LoadedPlugin>> LoadedPlugin::open_to_run(const Path& file) {
  return open(file, {}, Declared::before);
}

Result<std::unique_ptr<LoadedPlugin>> LoadedPlugin::open(const Path& file, const OnPhase& on_phase,
                                                         Declared declared) {
  const auto enter = [&](const char* phase) {
    if (on_phase) on_phase(phase);
  };
  auto note = read_plugin_note(file.string());
  if (!note) return std::move(note).error();
  if (Status valid = validate_name(note->plugin_id); !valid) {
    return std::move(valid).error().wrap("plugin id");
  }
  enter("its constructors");
  // Never deleted: what a plugin leaves behind (threads, destructors, handlers) points into its
  // code.
  const auto library = open_library(file);
  if (!library) return library.error();
  const auto entry = find_entry(**library);
  if (!entry) return entry.error();
  enter("its entry");
  const auto plugin = call_entry(*entry);
  if (!plugin) return plugin.error();

  auto state = std::make_unique<State>(note->plugin_id, declared);
  state->plugin = *plugin;
  enter("define()");
  if (Status defined = call_define(*plugin, state->registrar); !defined) {
    return std::move(defined).error();
  }
  return std::unique_ptr<LoadedPlugin>(new LoadedPlugin(std::move(state)));
}

const PluginDeclarations& LoadedPlugin::declarations() const {
  return state_->registrar.declarations();
}

Result<PluginDeclarations> LoadedPlugin::define_again() const {
  Registrar registrar(declarations().plugin_id);
  if (Status defined = call_define(state_->plugin, registrar); !defined) {
    return std::move(defined).error();
  }
  registrar.drop_all();
  return registrar.declarations();
}

partita_status LoadedPlugin::run_asset(std::string_view key, const partita_run& run) const {
  return call_run(state_->registrar.asset(key), run);
}

partita_status LoadedPlugin::run_check(std::string_view asset, std::string_view name,
                                       const partita_run& run) const {
  return call_run(state_->registrar.check(asset, name), run);
}

Result<RelatedKeys> LoadedPlugin::related(std::string_view asset, std::string_view upstream,
                                          std::size_t function, MappingSide side,
                                          const KeyBatch& of) const {
  const auto functions = state_->registrar.mapping_functions(asset, upstream);
  if (function >= functions.size()) {
    return plugin_error("define() no longer declares it");
  }
  Result<RelatedKeys> related = plugin_error("it was not called");
  const Status called = guarded("it", [&]() -> Status {
    related = call_mapping_function(functions[function], side, of);
    return {};
  });
  if (!called) return called.error();
  return related;
}

}  // namespace partita
