#include "store/schema.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace partita {

namespace {

// The log: what is appended here is never changed.
constexpr const char* kLogTables = R"(
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    run INTEGER,
    asset INTEGER,
    outcomes INTEGER,
    payload BLOB NOT NULL);
  CREATE INDEX event_of_run ON event (run) WHERE run IS NOT NULL;
  CREATE INDEX event_of_asset ON event (asset) WHERE asset IS NOT NULL;
  CREATE TABLE captured_log (
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (seq, position)) WITHOUT ROWID;
)";

constexpr const char* kProjections = R"(
  DROP TABLE IF EXISTS asset;
  CREATE TABLE asset (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    typical_micros REAL NOT NULL DEFAULT 0,
    known INTEGER NOT NULL DEFAULT 0);
  DROP TABLE IF EXISTS code;
  CREATE TABLE code (
    id INTEGER PRIMARY KEY,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,
    basis TEXT NOT NULL,
    UNIQUE (version, hash, basis));
  DROP TABLE IF EXISTS partition_state;
  CREATE TABLE partition_state (
    asset INTEGER NOT NULL,
    identity TEXT NOT NULL,
    key TEXT,
    last INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    materialized_seq INTEGER,
    reason TEXT,
    PRIMARY KEY (asset, identity)) WITHOUT ROWID;
  DROP TABLE IF EXISTS summary;
  CREATE TABLE summary (
    asset INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    space BLOB NOT NULL,
    stretches BLOB NOT NULL,
    PRIMARY KEY (asset, kind));
  DROP TABLE IF EXISTS run;
  CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    state INTEGER NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    selection TEXT NOT NULL,
    planned INTEGER NOT NULL,
    plan TEXT NOT NULL,
    pid INTEGER NOT NULL,
    replaced INTEGER NOT NULL DEFAULT 0,
    materialized INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    upstream_failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    kind INTEGER NOT NULL DEFAULT 0,
    passed INTEGER NOT NULL DEFAULT 0,
    not_started INTEGER,
    options TEXT NOT NULL DEFAULT '[]',
    config TEXT);
  CREATE INDEX run_under_way ON run (state) WHERE state = 0;
  DROP TABLE IF EXISTS check_result;
  CREATE TABLE check_result (
    asset INTEGER NOT NULL,
    name TEXT NOT NULL,
    identity TEXT NOT NULL,
    passed INTEGER NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (asset, name, identity)) WITHOUT ROWID;
  CREATE INDEX check_not_passed ON check_result (asset, identity, name) WHERE passed = 0;
  DROP TABLE IF EXISTS unpublished_output;
  CREATE TABLE unpublished_output (
    staged TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    inode INTEGER NOT NULL,
    moved INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  DROP TABLE IF EXISTS wipe;
  CREATE TABLE wipe (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    selection TEXT NOT NULL,
    partitions INTEGER NOT NULL,
    outputs INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    undone INTEGER NOT NULL);
  DROP TABLE IF EXISTS dynamic_set;
  CREATE TABLE dynamic_set (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    count INTEGER NOT NULL,
    next_ordinal INTEGER NOT NULL,
    changed_seq INTEGER NOT NULL);
  DROP TABLE IF EXISTS dynamic_key;
  CREATE TABLE dynamic_key (
    dynamic_set INTEGER NOT NULL,
    key TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (dynamic_set, key)) WITHOUT ROWID;
  DROP TABLE IF EXISTS dynamic_key_metadata;
  CREATE TABLE dynamic_key_metadata (
    dynamic_set INTEGER NOT NULL,
    key TEXT NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (dynamic_set, key)) WITHOUT ROWID;
  DROP TABLE IF EXISTS key_rename;
  CREATE TABLE key_rename (
    seq INTEGER PRIMARY KEY,
    dynamic_set TEXT NOT NULL,
    old_key TEXT NOT NULL,
    new_key TEXT NOT NULL,
    asset INTEGER,
    rank INTEGER,
    slots INTEGER);
  DROP TABLE IF EXISTS catalog;
  CREATE TABLE catalog (
    generation INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL);
)";

Result<std::int64_t> pragma(Database& database, const char* sql) {
  auto value = database.statement(sql).integer();
  if (!value) return std::move(value).error();
  return value->value_or(0);
}

Status create_first_version(Database& database) {
  if (auto log = database.execute(kLogTables); !log) return log;
  return recreate_projections(database);
}

// Version 2: metadata of dynamic keys. A file made anew has the table already.
Status add_key_metadata(Database& database) {
  return database.execute(
      "CREATE TABLE IF NOT EXISTS dynamic_key_metadata (dynamic_set INTEGER NOT NULL,"
      " key TEXT NOT NULL, metadata TEXT NOT NULL, PRIMARY KEY (dynamic_set, key)) WITHOUT ROWID");
}

// Version 3: what materializations were made from. A file made anew has all of it already.
Status add_provenance(Database& database) {
  auto has_basis =
      pragma(database, "SELECT count(*) FROM pragma_table_info('code') WHERE name = 'basis'");
  if (!has_basis) return std::move(has_basis).error();
  if (*has_basis != 0) return {};
  return database.execute(
      "CREATE TABLE new_code (id INTEGER PRIMARY KEY, version TEXT NOT NULL, hash TEXT NOT NULL,"
      " basis TEXT NOT NULL, UNIQUE (version, hash, basis));"
      "INSERT INTO new_code SELECT id, version, hash, '' FROM code;"
      "DROP TABLE code;"
      "ALTER TABLE new_code RENAME TO code;"
      "DROP TABLE outcome_summary;"
      "CREATE TABLE summary (asset INTEGER NOT NULL, kind INTEGER NOT NULL, seq INTEGER NOT NULL,"
      " space BLOB NOT NULL, stretches BLOB NOT NULL, PRIMARY KEY (asset, kind))");
}

// Version 4: kinds of runs, wiped partitions.
Status add_changes_of_the_known(Database& database) {
  auto has_kind =
      pragma(database, "SELECT count(*) FROM pragma_table_info('run') WHERE name = 'kind'");
  if (!has_kind) return std::move(has_kind).error();
  if (*has_kind != 0) return {};
  return database.execute(
      "ALTER TABLE asset ADD COLUMN known INTEGER NOT NULL DEFAULT 0;"
      "UPDATE asset SET known ="
      " (SELECT count(*) FROM partition_state WHERE partition_state.asset = asset.id);"
      "ALTER TABLE run ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE unpublished_output ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;"
      "CREATE TABLE wipe (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, selection TEXT NOT NULL,"
      " partitions INTEGER NOT NULL, outputs INTEGER NOT NULL, first_seq INTEGER NOT NULL,"
      " last_seq INTEGER NOT NULL, undone INTEGER NOT NULL)");
}

// Version 5: checks that ran on their own.
Status add_check_runs(Database& database) {
  auto has_passed =
      pragma(database, "SELECT count(*) FROM pragma_table_info('run') WHERE name = 'passed'");
  if (!has_passed) return std::move(has_passed).error();
  if (*has_passed != 0) return {};
  return database.execute(
      "ALTER TABLE run ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE check_result ADD COLUMN seq INTEGER NOT NULL DEFAULT 0");
}

// Version 6: renamed keys.
Status add_key_renames(Database& database) {
  return database.execute(
      "CREATE TABLE IF NOT EXISTS key_rename (seq INTEGER PRIMARY KEY, dynamic_set TEXT NOT NULL,"
      " old_key TEXT NOT NULL, new_key TEXT NOT NULL, asset INTEGER, rank INTEGER, slots INTEGER)");
}

// Version 7: what a run that was stopped never began, and how one was asked for; results of checks
// of what is there only.
Status add_not_started(Database& database) {
  auto has_it =
      pragma(database, "SELECT count(*) FROM pragma_table_info('run') WHERE name = 'not_started'");
  if (!has_it) return std::move(has_it).error();
  if (*has_it != 0) return {};
  return database.execute(
      "ALTER TABLE run ADD COLUMN not_started INTEGER;"
      "ALTER TABLE run ADD COLUMN options TEXT NOT NULL DEFAULT '[]';"
      "CREATE INDEX check_not_passed ON check_result (asset, identity, name) WHERE passed = 0;"
      "DELETE FROM check_result WHERE seq <> 0 AND seq < (SELECT materialized_seq"
      " FROM partition_state WHERE partition_state.asset = check_result.asset"
      " AND partition_state.identity = check_result.identity)");
}

// Version 8: summaries of what was made know what was wiped since; runs keep their configuration.
Status add_config_of_runs(Database& database) {
  if (auto forgotten = database.execute("DELETE FROM summary WHERE kind = 2"); !forgotten)
    return forgotten;
  auto has_it =
      pragma(database, "SELECT count(*) FROM pragma_table_info('run') WHERE name = 'config'");
  if (!has_it) return std::move(has_it).error();
  return *has_it != 0 ? Status() : database.execute("ALTER TABLE run ADD COLUMN config TEXT");
}

// What turns a file of version `to - 1` into one of version `to`.
struct Migration {
  std::int64_t to;
  Status (*apply)(Database& database);
};
constexpr Migration kMigrations[] = {{1, &create_first_version}, {2, &add_key_metadata},
                                     {3, &add_provenance},       {4, &add_changes_of_the_known},
                                     {5, &add_check_runs},       {6, &add_key_renames},
                                     {7, &add_not_started},      {8, &add_config_of_runs}};

Error newer_schema(const Database& database, std::int64_t version) {
  return io_error(fmt::format("open {}: made by a newer partita (schema {}, this one knows {})",
                              database.name(), version, kSchemaVersion),
                  "use that one, or restore a backup");
}

Status refuse_foreign(Database& database) {
  auto id = pragma(database, "PRAGMA application_id");
  if (!id) return id.error();
  auto tables = pragma(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*id == kApplicationId || (*id == 0 && *tables == 0)) return {};
  return io_error(fmt::format("open {}: it is the database of another program", database.name()),
                  "name another file as the store");
}

// Under the write lock: another process may have done it meanwhile.
Status migrate(Database& database) {
  auto transaction = Transaction::write(database);
  if (!transaction) return transaction.error();
  auto version = pragma(database, "PRAGMA user_version");
  if (!version) return version.error();
  for (const Migration& step : kMigrations) {
    if (step.to <= *version) continue;
    if (auto applied = step.apply(database); !applied) return applied;
  }
  const auto mark = fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplicationId,
                                kSchemaVersion);
  if (auto marked = database.execute(mark.c_str()); !marked) return marked;
  return transaction->commit();
}

Status prepare_once(Database& database) {
  auto version = pragma(database, "PRAGMA user_version");
  if (!version) return opening_error(std::move(version).error());
  if (*version > kSchemaVersion) return newer_schema(database, *version);
  // The journal mode is kept in the file, the rest belongs to the connection.
  auto set = database.execute(
      "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=16000; PRAGMA foreign_keys=OFF;"
      "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY");
  if (!set) return opening_error(std::move(set).error());
  if (*version == kSchemaVersion) return {};
  if (auto ours = refuse_foreign(database); !ours) return ours;
  if (auto wal = database.execute("PRAGMA journal_mode=WAL"); !wal) {
    return opening_error(std::move(wal).error());
  }
  auto migrated = migrate(database);
  return migrated ? Status() : std::move(migrated).error().wrap("create the tables");
}

constexpr int kMostTurns = 200;

}  // namespace

Result<std::int64_t> schema_version(Database& database) {
  auto version = pragma(database, "PRAGMA user_version");
  if (!version) return opening_error(std::move(version).error());
  if (auto ours = refuse_foreign(database); !ours) return std::move(ours).error();
  return version;
}

// While another process turns a new file to WAL, SQLite may say that it is busy without waiting.
Status prepare_schema(Database& database) {
  Status prepared = prepare_once(database);
  for (int turn = 0; !prepared && database.is_busy() && turn < kMostTurns; ++turn) {
    sqlite3_sleep(5);
    prepared = prepare_once(database);
  }
  return prepared;
}

Status recreate_projections(Database& database) {
  return database.execute(kProjections);
}

}  // namespace partita
