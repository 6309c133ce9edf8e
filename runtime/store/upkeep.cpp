#include "store/upkeep.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/sha256.hpp"

namespace partita {

namespace {

constexpr std::size_t kDamageTold = 20;

struct ProjectionQuery {
  const char* table;
  const char* rows;  // in an order that does not depend on how they came, nor how columns did
};

// Outcome summaries are not among them: they are made when they are first asked for. Nor are the
// events of check results, which a file of before version 5 does not have.
constexpr ProjectionQuery kProjectionQueries[] = {
    {"asset", "SELECT * FROM asset ORDER BY id"},
    {"code", "SELECT * FROM code ORDER BY id"},
    {"partition_state", "SELECT * FROM partition_state ORDER BY asset, identity"},
    {"run",
     "SELECT id, first_seq, state, started, finished, generation, as_of, selection, planned, plan,"
     " pid, kind, replaced, materialized, failed, upstream_failed, skipped, cancelled, passed,"
     " not_started, options, config FROM run ORDER BY id"},
    {"check_result",
     "SELECT asset, name, identity, passed FROM check_result ORDER BY asset, name, identity"},
    {"wipe", "SELECT * FROM wipe ORDER BY id"},
    {"unpublished_output", "SELECT * FROM unpublished_output ORDER BY staged"},
    {"dynamic_set", "SELECT * FROM dynamic_set ORDER BY id"},
    {"dynamic_key", "SELECT * FROM dynamic_key ORDER BY dynamic_set, key"},
    {"dynamic_key_metadata", "SELECT * FROM dynamic_key_metadata ORDER BY 1, 2"},
    {"key_rename", "SELECT * FROM key_rename ORDER BY seq"},
    {"catalog", "SELECT * FROM catalog ORDER BY generation"},
};

std::string bytes_of(const Rows& row) {
  ByteWriter bytes;
  for (int column = 0; column < row.columns(); ++column) {
    bytes.flag(row.is_null(column));
    bytes.text(row.blob(column));
  }
  return bytes.take();
}

Result<std::string> digest_of(Database& database, const char* query) {
  Sha256 digest;
  Rows rows = database.statement(query).query();
  while (rows.next()) digest.add(bytes_of(rows));
  if (!rows.status()) return rows.status().error();
  return digest.hex();
}

Result<std::vector<std::string>> damage_by(Database& database, const char* pragma) {
  std::vector<std::string> damage;
  Rows rows = database.statement(pragma).query();
  while (rows.next() && damage.size() < kDamageTold) {
    if (rows.text(0) != "ok") damage.emplace_back(rows.text(0));
  }
  if (!rows.status()) return rows.status().error();
  return damage;
}

}  // namespace

Result<std::vector<std::string>> structural_damage(Database& database) {
  return damage_by(database, "PRAGMA integrity_check");
}

Result<std::vector<std::string>> quick_damage(Database& database) {
  return damage_by(database, "PRAGMA quick_check");
}

Result<std::vector<std::string>> differing_projections(Database& a, Database& b) {
  std::vector<std::string> tables;
  for (const ProjectionQuery& query : kProjectionQueries) {
    auto ours = digest_of(a, query.rows);
    if (!ours) return std::move(ours).error();
    auto theirs = digest_of(b, query.rows);
    if (!theirs) return std::move(theirs).error();
    if (*ours != *theirs) tables.emplace_back(query.table);
  }
  return tables;
}

Status compact(Database& database) {
  if (auto done = database.execute("VACUUM"); !done) return done;
  return database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Status copy_to(Database& database, const Path& file) {
  std::error_code failed;
  if (std::filesystem::exists(file, failed)) {
    return usage_error(fmt::format("write {}: there is such a file", file.string()),
                       "name another, or remove it");
  }
  return database.statement("VACUUM INTO ?").run(file.string());
}

}  // namespace partita
