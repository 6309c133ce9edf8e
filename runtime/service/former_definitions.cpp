#include "service/former_definitions.hpp"

#include <set>
#include <string>

#include "service/stored_catalog.hpp"

namespace partita {

Result<std::vector<AssetDef>> former_definitions(const Catalog& today, Store& store) {
  Result<std::vector<std::string>> names = store.recorded_assets();
  if (!names) return std::move(names).error();
  std::set<std::string, std::less<>> gone(names->begin(), names->end());
  for (const AssetDef& asset : today.assets) gone.erase(asset.key);
  std::vector<AssetDef> former;
  for (std::int64_t generation = today.generation - 1; generation > 0 && !gone.empty();
       --generation) {
    Result<Catalog> catalog = catalog_of(generation, store);
    if (!catalog) return std::move(catalog).error();
    for (AssetDef& asset : catalog->assets)
      if (gone.erase(asset.key) > 0) former.push_back(std::move(asset));
  }
  return former;
}

}  // namespace partita
