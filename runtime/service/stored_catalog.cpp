#include "service/stored_catalog.hpp"

namespace partita {
namespace {

Result<Catalog> parse(const Result<std::string>& text) {
  if (!text) return text.error();
  if (text->empty()) return Catalog();
  Result<Json> json = Json::parse(*text);
  if (!json) return std::move(json).error().wrap("read the stored definitions");
  Result<Catalog> catalog = catalog_from_json(*json);
  if (!catalog) return std::move(catalog).error().wrap("read the stored definitions");
  return catalog;
}

}  // namespace

Result<Catalog> current_catalog(Store& store) {
  return parse(store.current_catalog());
}

Result<Catalog> catalog_of(std::int64_t generation, Store& store) {
  return parse(store.catalog_of(generation));
}

}  // namespace partita
