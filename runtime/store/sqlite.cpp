#include "store/sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "base/advice.hpp"
#include "base/text.hpp"

namespace partita {

namespace {

constexpr int kLongestWait = 10;  // milliseconds

constexpr const char* kFull = "PRAGMA synchronous=FULL";
constexpr const char* kRelaxed = "PRAGMA synchronous=NORMAL";

constexpr std::int64_t kLittleRoom = std::int64_t{64} << 10;  // memory that is shared grows by 32

int primary(int rc) {
  return rc & 0xff;
}

bool is_damage(int rc) {
  return primary(rc) == SQLITE_NOTADB || primary(rc) == SQLITE_CORRUPT;
}

// A full disk is an I/O error where it is not a page that has no room: the write-ahead log's index,
// say, of which SQLite does not always keep why.
bool is_disk_full(int rc, int system_error, const Path& file) {
  if (primary(rc) == SQLITE_FULL) return true;
  if (primary(rc) != SQLITE_IOERR && primary(rc) != SQLITE_CANTOPEN) return false;
  if (rc == SQLITE_IOERR_READ || rc == SQLITE_IOERR_CORRUPTFS) return false;
  return is_full(system_error) || is_full_below(file.parent_path(), kLittleRoom);
}

Error disk_full_error(const Path& file) {
  return io_error(file.string() + ": the disk is full",
                  "make room on the file system of " + file.parent_path().string() +
                      " and run the command again; nothing that was acknowledged is lost");
}

std::string hint_for(int rc) {
  switch (primary(rc)) {
    case SQLITE_READONLY:
      return "make the file and its directory writable for this user";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process has held the store for long: wait for it to finish, or end it";
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return kHintAtDamage;
    case SQLITE_CANTOPEN:
      return "check that the directory exists and that this user may write to it";
    case SQLITE_IOERR:
      return "check the disk: the system refused to read or write";
    default:
      return {};
  }
}

}  // namespace

// --- Rows ---

Rows::Rows(Database& database, sqlite3_stmt* statement, Status status)
    : database_(database), statement_(statement), status_(std::move(status)) {}

Rows::~Rows() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Rows::next() {
  if (!status_ || statement_ == nullptr) return false;
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc != SQLITE_DONE) status_ = database_.error(rc);
  sqlite3_reset(statement_);
  statement_ = nullptr;
  return false;
}

int Rows::columns() const {
  return sqlite3_column_count(statement_);
}

std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Rows::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Rows::text(int column) const {
  return blob(column);
}

std::string_view Rows::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), size);
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

// --- Statement ---

Statement::Statement(Database& database, const char* sql) : database_(database) {
  const int rc = sqlite3_prepare_v3(database.handle_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                    &statement_, nullptr);
  if (rc != SQLITE_OK) prepared_ = database.error(rc);
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::bind(int position, std::int64_t value) {
  sqlite3_bind_int64(statement_, position, value);
}

void Statement::bind(int position, double value) {
  sqlite3_bind_double(statement_, position, value);
}

void Statement::bind(int position, std::string_view text) {
  // A null pointer would bind NULL: an empty view may have one.
  const char* data = text.empty() ? "" : text.data();
  sqlite3_bind_text(statement_, position, data, static_cast<int>(text.size()), nullptr);
}

void Statement::bind(int position, Blob blob) {
  sqlite3_bind_blob64(statement_, position, blob.bytes.empty() ? "" : blob.bytes.data(),
                      blob.bytes.size(), nullptr);
}

void Statement::bind(int position, std::nullptr_t) {
  sqlite3_bind_null(statement_, position);
}

bool Statement::is_free() const {
  return sqlite3_stmt_busy(statement_) == 0;
}

Status Statement::finish() {
  if (!prepared_) return prepared_;
  int rc = sqlite3_step(statement_);
  while (rc == SQLITE_ROW) rc = sqlite3_step(statement_);
  Status status;
  if (rc != SQLITE_DONE) status = database_.error(rc);
  sqlite3_reset(statement_);
  return status;
}

Rows Statement::rows() {
  return Rows(database_, statement_, prepared_);
}

Result<std::optional<std::int64_t>> Statement::first_integer() {
  Rows found = rows();
  if (found.next() && !found.is_null(0)) return std::optional(found.integer(0));
  if (!found.status()) return found.status().error();
  return std::optional<std::int64_t>();
}

// --- Database ---

Error opening_error(Error error) {
  error.message = "open " + error.message;
  return error;
}

Path log_file_of(const Path& file) {
  return file.string() + "-wal";
}

Result<std::unique_ptr<Database>> Database::open(const Path& file) {
  return open(file, file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

// Where there is no write-ahead log SQLite would make one, unless it is told that nobody writes.
Result<std::unique_ptr<Database>> Database::open_to_read(const Path& file) {
  std::error_code failed;
  const bool alone = !std::filesystem::exists(log_file_of(file), failed);
  const std::string uri = "file:" + percent_encode(file.string()) + (alone ? "?immutable=1" : "");
  return open(file, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

Result<std::unique_ptr<Database>> Database::open(const Path& file, const std::string& name,
                                                 int flags) {
  std::unique_ptr<Database> database(new Database(file));
  const int rc =
      sqlite3_open_v2(name.c_str(), &database->handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (rc != SQLITE_OK) return opening_error(database->error(rc));
  sqlite3_extended_result_codes(database->handle_, 1);
  sqlite3_busy_handler(database->handle_, &Database::wait_for_lock, database.get());
  return database;
}

Database::~Database() {
  statements_.clear();
  sqlite3_close(handle_);
}

bool Database::is_busy() const {
  return (sqlite3_errcode(handle_) & 0xFF) == SQLITE_BUSY;
}

Status Database::execute(const char* sql) {
  const int rc = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return error(rc);
  return {};
}

Statement& Database::statement(const char* sql) {
  auto& kept = statements_[sql];
  for (auto& statement : kept) {
    // One that could not be prepared may be now: its table may have been made since.
    if (!statement->prepared_) statement = std::make_unique<Statement>(*this, sql);
    if (statement->is_free()) return *statement;
  }
  return *kept.emplace_back(std::make_unique<Statement>(*this, sql));
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

std::uint64_t Database::transaction() const {
  return sqlite3_get_autocommit(handle_) == 0 ? transactions_ : 0;
}

Error Database::error(int rc) const {
  const int system_error = handle_ != nullptr ? sqlite3_system_errno(handle_) : 0;
  if (is_disk_full(rc, system_error, name_)) return disk_full_error(name_);
  const char* words = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(rc);
  const ErrorCode code = is_damage(rc) ? ErrorCode::damaged : ErrorCode::io;
  return {code, name_ + ": " + words, hint_for(rc)};
}

// Short waits: the lock is held for about one write to the disk.
int Database::wait_for_lock(void* self, int attempts) {
  auto& database = *static_cast<Database*>(self);
  if (attempts == 0) database.waited_ = 0;
  if (database.waited_ >= database.patience_) return 0;
  const int wait = std::min(1 + attempts / 4, kLongestWait);
  database.waited_ += wait;
  sqlite3_sleep(wait);
  return 1;
}

// --- Transaction ---

Transaction::Transaction(Database* database, Durability durability)
    : database_(database), durability_(durability) {
  if (database_ != nullptr) ++database_->transactions_;
}

Result<Transaction> Transaction::write(Database& database, Durability durability) {
  if (durability == Durability::relaxed) {
    if (auto set = database.statement(kRelaxed).run(); !set) return std::move(set).error();
  }
  if (auto begun = database.statement("BEGIN IMMEDIATE").run(); !begun) {
    if (durability == Durability::relaxed) static_cast<void>(database.statement(kFull).run());
    return std::move(begun).error().wrap("write to the store");
  }
  return Transaction(&database, durability);
}

Result<Transaction> Transaction::read(Database& database) {
  if (sqlite3_get_autocommit(database.handle_) == 0) return Transaction(nullptr, Durability::full);
  if (auto begun = database.statement("BEGIN").run(); !begun) return std::move(begun).error();
  return Transaction(&database, Durability::full);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), durability_(other.durability_) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // Some errors have rolled back already.
  if (sqlite3_get_autocommit(database_->handle_) == 0) {
    static_cast<void>(database_->statement("ROLLBACK").run());
  }
  end();
}

Status Transaction::commit() {
  auto committed = database_->statement("COMMIT").run();
  if (!committed) return std::move(committed).error().wrap("write to the store");
  end();
  database_ = nullptr;
  return {};
}

void Transaction::end() {
  if (durability_ == Durability::full) return;
  static_cast<void>(database_->statement(kFull).run());
}

}  // namespace partita
