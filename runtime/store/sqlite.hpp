// SQLite's C interface as three small types: Database, Statement, Transaction.
//
// Knows nothing of what is stored. Errors name the file, carry SQLite's own words and say what to
// do. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/files.hpp"
#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace partita {

struct Blob {
  std::string_view bytes;
};

inline constexpr std::int64_t kPatience = 30'000;  // milliseconds

class Database;

// The rows of a query that is under way; ends it when it goes out of scope. Views of text and blobs
// hold until the next call of next().
class Rows {
 public:
  Rows(Database& database, sqlite3_stmt* statement, Status status);
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool next();  // false at the end, and on an error, which status() has
  const Status& status() const { return status_; }

  int columns() const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_null(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* statement_;
  Status status_;
};

// Prepared when it is first asked for and kept. What cannot be prepared says so when it is used.
// Arguments are bound by position and must live until run() returns or the rows are done with.
class Statement {
 public:
  Statement(Database& database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Runs it to its end; rows are dropped.
  template <class... Args>
  Status run(const Args&... args) {
    bind_all(args...);
    return finish();
  }

  template <class... Args>
  Rows query(const Args&... args) {
    bind_all(args...);
    return rows();
  }

  // The first column of the first row, if there is one.
  template <class... Args>
  Result<std::optional<std::int64_t>> integer(const Args&... args) {
    bind_all(args...);
    return first_integer();
  }

 private:
  friend class Database;
  template <class... Args>
  void bind_all(const Args&... args) {
    int position = 0;
    (bind(++position, args), ...);
  }
  void bind(int position, std::int64_t value);
  void bind(int position, int value) { bind(position, static_cast<std::int64_t>(value)); }
  void bind(int position, double value);
  void bind(int position, std::string_view text);
  void bind(int position, const std::string& text) { bind(position, std::string_view(text)); }
  void bind(int position, Blob blob);
  void bind(int position, std::nullptr_t);
  template <class T>
  void bind(int position, const std::optional<T>& value) {
    value ? bind(position, *value) : bind(position, nullptr);
  }

  bool is_free() const;
  Status finish();
  Rows rows();
  Result<std::optional<std::int64_t>> first_integer();

  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
  Status prepared_;
};

class Database {
 public:
  // Opens the file, or creates it. Reads nothing yet: a file that is no database shows at first
  // use.
  static Result<std::unique_ptr<Database>> open(const Path& file);
  // To look at a file that is there, and change nothing, neither it nor what is beside it.
  static Result<std::unique_ptr<Database>> open_to_read(const Path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Several statements separated by semicolons, once.
  // Whether the last call failed because another connection holds a lock.
  bool is_busy() const;
  Status execute(const char* sql);

  // `sql` is a literal: statements are kept under its address. One whose rows are still being read
  // is not given out again.
  Statement& statement(const char* sql);

  // Rows changed by the last statement that ran.
  std::int64_t changes() const;

  // Tells transactions apart; 0 outside of any.
  std::uint64_t transaction() const;

  // How long to wait for another process's write before giving up.
  void set_patience(std::int64_t milliseconds) { patience_ = milliseconds; }

  const std::string& name() const { return name_; }

  // What went wrong last. `rc` is SQLite's result code.
  Error error(int rc) const;

 private:
  friend class Statement;
  friend class Rows;
  friend class Transaction;
  explicit Database(const Path& file) : name_(file.string()) {}
  static Result<std::unique_ptr<Database>> open(const Path& file, const std::string& name,
                                                int flags);
  static int wait_for_lock(void* self, int attempts);

  std::string name_;
  sqlite3* handle_ = nullptr;
  std::int64_t patience_ = kPatience;
  std::int64_t waited_ = 0;
  std::uint64_t transactions_ = 0;
  std::unordered_map<const char*, std::vector<std::unique_ptr<Statement>>> statements_;
};

// What is left to do with a store that is damaged.
inline constexpr const char* kHintAtDamage =
    "put a backup in its place, as `partita help db` says; without one, move it away to start "
    "anew: outputs stay where they are, and `partita report` records them";

// The same error, of a file that could not be opened.
Error opening_error(Error error);

// SQLite's write-ahead log of the file: there while a process has it open, and after a crash.
Path log_file_of(const Path& file);

// Rolls back unless committed.
class Transaction {
 public:
  // What a relaxed commit has written may be lost with the power, never in part. For what can be
  // found out again.
  enum class Durability { full, relaxed };

  // Takes the write lock at once, so that nothing read in it can be out of date.
  static Result<Transaction> write(Database& database, Durability durability = Durability::full);
  // One snapshot for several queries; within another transaction, that one's.
  static Result<Transaction> read(Database& database);

  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status commit();

 private:
  Transaction(Database* database, Durability durability);
  void end();

  Database* database_;  // null: nothing to end
  Durability durability_;
};

}  // namespace partita
