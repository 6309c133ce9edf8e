// Which event has the current catalog of definitions: the table `catalog`.
//
// Does not know what a catalog says. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "store/event_log.hpp"
#include "store/sqlite.hpp"

namespace partita {

class CatalogTable {
 public:
  CatalogTable(Database& database, EventLog& log) : database_(database), log_(log) {}

  Result<std::string> current();
  Result<std::string> of(std::int64_t generation);  // empty where there is none

  // Within a write transaction.
  Status save(std::int64_t generation, std::string_view json, std::int64_t at);

  Status apply(const Event& event);  // for rebuilding

 private:
  Result<std::string> read(const Result<std::optional<std::int64_t>>& seq);

  Database& database_;
  EventLog& log_;
};

}  // namespace partita
