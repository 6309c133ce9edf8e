// The host's side of define(): takes declarations one by one, keeps the valid ones and says of the
// others what is wrong with them.
//
// [define]: one thread. Never throws into the plugin.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include "partita/abi.h"
#include "plugin/copy_in.hpp"

namespace partita {

inline constexpr std::size_t kMaxAssets = 100'000;  // of one plugin; checks likewise

// What runs an asset or a check: borrowed from the plugin until drop() is called.
struct RunFunction {
  void* user = nullptr;
  partita_status (*run)(void* user, const partita_run* run) = nullptr;
  void (*drop)(void* user) = nullptr;
};

// Whether what a plugin declares is new, or was validated when the same file was taken in: then the
// costly half, what its partitions mean, is left out, and dimensions stay in the plugin's order.
enum class Declared { anew, before };

class Registrar {
 public:
  explicit Registrar(std::string plugin_id, Declared declared = Declared::anew);
  Registrar(const Registrar&) = delete;
  Registrar& operator=(const Registrar&) = delete;

  // Valid as long as this is.
  const partita_registrar& table() const { return table_; }

  const PluginDeclarations& declarations() const { return declarations_; }
  const std::string& failure() const { return failure_; }  // what fail() was told
  // An error once there were more declarations of a kind than are kept: no plugin means that many.
  const Status& within_limits() const { return within_limits_; }
  const RunFunction* asset(std::string_view key) const;
  const RunFunction* check(std::string_view asset, std::string_view name) const;
  // The functions in the mapping of the asset's dependency, by MappingSpec::function.
  std::span<const MappingFunction> mapping_functions(std::string_view asset,
                                                     std::string_view upstream) const;

  // Calls each drop() once.
  void drop_all();

 private:
  Status add(const partita_asset* asset);
  Status add(const partita_check* check);
  void refuse(std::string what, const Error& error);
  Status count(std::size_t& declared, std::string_view what);

  template <class Table>
  static partita_status add_table(void* ctx, const Table* table) noexcept;
  static void fail(void* ctx, partita_str text) noexcept;

  partita_registrar table_{};
  const Declared declared_;
  PluginDeclarations declarations_;
  std::map<std::string, RunFunction, std::less<>> assets_;
  std::map<std::pair<std::string, std::string>, RunFunction> checks_;
  std::map<std::string, MappingFunctions, std::less<>> mappings_;  // by asset
  std::string failure_;
  std::size_t assets_declared_ = 0, checks_declared_ = 0;  // refused ones too
  Status within_limits_;
};

}  // namespace partita
