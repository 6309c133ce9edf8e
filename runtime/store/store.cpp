#include "store/store.hpp"

#include <fmt/format.h>

#include "store/schema.hpp"
#include "store/store_state.hpp"
#include "store/upkeep.hpp"

namespace partita {

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const Path& file, const Clock& clock) {
  if (file.has_parent_path()) {
    if (auto made = make_directories(file.parent_path()); !made) return std::move(made).error();
  }
  auto database = Database::open(file);
  if (!database) return std::move(database).error();
  if (auto ready = prepare_schema(**database); !ready) return std::move(ready).error();
  auto state = std::make_unique<State>(std::move(*database), clock);
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Result<std::unique_ptr<Store>> Store::open_to_read(const Path& file, const Clock& clock) {
  auto database = Database::open_to_read(file);
  if (!database) return std::move(database).error();
  auto version = schema_version(**database);
  if (!version) return std::move(version).error();
  if (*version != kSchemaVersion) {
    return io_error(
        fmt::format("read {}: it has schema {}, not {}", file.string(), *version, kSchemaVersion));
  }
  auto state = std::make_unique<State>(std::move(*database), clock);
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Result<StoreFile> Store::examine(const Path& file) {
  const auto is_written = [&] {
    std::error_code failed;
    return std::filesystem::exists(log_file_of(file), failed);
  };
  const bool written_before = is_written();
  auto database = Database::open_to_read(file);
  if (!database) return std::move(database).error();
  auto version = schema_version(**database);
  if (!version) return std::move(version).error();
  auto damage = quick_damage(**database);
  // A process that began to write meanwhile may have changed what was being read.
  if (!written_before && is_written()) return examine(file);
  if (!damage) return std::move(damage).error();
  return StoreFile{*version, kSchemaVersion, *std::move(damage)};
}

}  // namespace partita
