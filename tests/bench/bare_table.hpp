// The plain work beside the store: SQLite alone, one row of text per attempt and an index.
#pragma once

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/files.hpp"
#include "store/records.hpp"

namespace partita::bench {

inline void must_sqlite(int rc) {
  if (rc == SQLITE_OK || rc == SQLITE_DONE) return;
  fmt::print(stderr, "{}\n", sqlite3_errstr(rc));
  std::exit(1);
}

class BareTable {
 public:
  explicit BareTable(const Path& file) {
    must_sqlite(sqlite3_open(file.c_str(), &database_));
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=FULL");
    execute("PRAGMA wal_autocheckpoint=16000");
    execute("PRAGMA cache_size=-16000");
    execute(
        "CREATE TABLE attempt (run INTEGER, asset TEXT, identity TEXT, key TEXT, outcome TEXT,"
        " started INTEGER, finished INTEGER, data_version TEXT, code_version TEXT,"
        " code_hash TEXT)");
    execute("CREATE INDEX attempt_of_partition ON attempt (asset, identity)");
    must_sqlite(sqlite3_prepare_v2(database_,
                                   "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
                                   &insert_, nullptr));
  }
  ~BareTable() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  BareTable(const BareTable&) = delete;
  BareTable& operator=(const BareTable&) = delete;

  void execute(const char* sql) {
    must_sqlite(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr));
  }

  void insert(const AttemptRecord& attempt) {
    sqlite3_bind_int64(insert_, 1, 1);
    text(2, attempt.asset);
    text(3, attempt.identity);
    text(4, attempt.key);
    text(5, to_text(attempt.outcome));
    sqlite3_bind_int64(insert_, 6, attempt.started);
    sqlite3_bind_int64(insert_, 7, attempt.finished);
    text(8, attempt.data_version);
    text(9, attempt.code_version);
    text(10, attempt.code_hash);
    must_sqlite(sqlite3_step(insert_));
    sqlite3_reset(insert_);
  }

 private:
  void text(int position, std::string_view value) {
    sqlite3_bind_text(insert_, position, value.data(), static_cast<int>(value.size()), nullptr);
  }
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace partita::bench
