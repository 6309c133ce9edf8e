// What keeps a store's file in order: whether it is sound, a copy of it, a smaller one.
//
// Knows the projections' tables by name only. One thread at a time.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite.hpp"

namespace partita {

// What SQLite finds wrong with the file's structure; empty where it is sound.
Result<std::vector<std::string>> structural_damage(Database& database);

// The same without comparing indexes with their tables, which takes most of the time.
Result<std::vector<std::string>> quick_damage(Database& database);

// The projections of the two that do not hold the same rows.
Result<std::vector<std::string>> differing_projections(Database& a, Database& b);

// Gives unused pages back to the file system.
Status compact(Database& database);

// A consistent copy of everything committed, as one file. Refuses a file that is there.
Status copy_to(Database& database, const Path& file);

}  // namespace partita
