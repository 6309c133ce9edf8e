// The store's tables and how older files come to have them. README.md says what each is for.
//
// One thread at a time; several processes may open a new file at once.
#pragma once

#include "base/result.hpp"
#include "store/sqlite.hpp"

namespace partita {

// "PTTA": tells the file from other programs' databases.
inline constexpr std::int64_t kApplicationId = 0x50545441;
inline constexpr std::int64_t kSchemaVersion = 8;

// Sets the connection up, creates the tables of a new file and migrates an older one. A file that
// is up to date costs one read.
Status prepare_schema(Database& database);

// Of the file as it is. Refuses one that is another program's, or no database.
Result<std::int64_t> schema_version(Database& database);

// Drops whatever projections there are and creates them empty. Within a transaction.
Status recreate_projections(Database& database);

}  // namespace partita
