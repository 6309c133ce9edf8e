// Warehouse: the SQLite file that the sales assets write, and statements on it.
//
// Errors are partita::Failed with SQLite's text. Several processes write at once: a transaction
// takes the file at its start, and whoever comes second waits, at most 30 seconds. One object, one
// thread.
#pragma once

#include <partita/plugin.hpp>

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sales {

class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Starts anew with these parameters: texts, integers, or nullptr for NULL.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_at(++index, values), ...);
    return *this;
  }

  // False where there is no further row.
  bool step();
  void run() {
    while (step()) {
    }
  }

  // Of the current row, counted from 0.
  std::string text(int column) const;
  std::int64_t integer(int column) const;

 private:
  void reset();
  void bind_at(int index, std::string_view value);
  void bind_at(int index, std::int64_t value);
  void bind_at(int index, std::nullptr_t value);
  void check(int result) const;

  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

class Warehouse {
 public:
  // Opens the file that `[resources.warehouse] path` names, and makes the tables that lack.
  explicit Warehouse(const partita::Run& run);
  Warehouse(const Warehouse&) = delete;
  Warehouse& operator=(const Warehouse&) = delete;
  ~Warehouse();

  Statement prepare(std::string_view sql) { return {db_, sql}; }

  // All or nothing: what `body` writes counts when it returns, and not when it throws.
  template <class Body>
  void transaction(const Body& body) {
    prepare("BEGIN IMMEDIATE").run();
    try {
      body();
      prepare("COMMIT").run();
    } catch (...) {
      rollback();
      throw;
    }
  }

 private:
  void open(const std::string& path);
  std::int64_t schema_version();
  void rollback() noexcept;

  sqlite3* db_ = nullptr;
};

}  // namespace sales
