#include "sales/warehouse.hpp"

#include <sqlite3.h>

#include <string>

namespace sales {
namespace {

constexpr int kWaitMilliseconds = 30'000;

constexpr int kSchemaVersion = 1;
constexpr const char* kSchema = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS products (
  product_id TEXT PRIMARY KEY, name TEXT, category TEXT, price_cents INTEGER, supplier TEXT);
CREATE TABLE IF NOT EXISTS sales_reps (
  rep_id TEXT PRIMARY KEY, name TEXT, region TEXT, phone TEXT);
CREATE TABLE IF NOT EXISTS sales_data (
  sale_id INTEGER PRIMARY KEY, date TEXT, product_id TEXT, rep_id TEXT, quantity INTEGER,
  amount_cents INTEGER, note TEXT);
CREATE TABLE IF NOT EXISTS joined_data (
  sale_id INTEGER PRIMARY KEY, date TEXT, product_id TEXT, product TEXT, category TEXT,
  rep_id TEXT, rep TEXT, region TEXT, quantity INTEGER, amount_cents INTEGER);
CREATE INDEX IF NOT EXISTS joined_data_by_date ON joined_data (date);
CREATE TABLE IF NOT EXISTS monthly_sales_performance (
  month TEXT, rep TEXT, region TEXT, sales INTEGER, quantity INTEGER, revenue_cents INTEGER,
  PRIMARY KEY (month, rep));
CREATE TABLE IF NOT EXISTS product_performance (
  category TEXT, product TEXT, sales INTEGER, quantity INTEGER, revenue_cents INTEGER,
  PRIMARY KEY (category, product));
CREATE TABLE IF NOT EXISTS category_month (
  category TEXT, month TEXT, sales INTEGER, quantity INTEGER, revenue_cents INTEGER,
  PRIMARY KEY (category, month));
CREATE TABLE IF NOT EXISTS adhoc_request (
  request TEXT, product TEXT, rep TEXT, sales INTEGER, quantity INTEGER, revenue_cents INTEGER,
  PRIMARY KEY (request, product, rep));
PRAGMA user_version = 1;
COMMIT;
)sql";

[[noreturn]] void fail(sqlite3* db, const std::string& what) {
  throw partita::Failed(what + ": " + sqlite3_errmsg(db));
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) : db_(db) {
  check(sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

bool Statement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) check(result);
  return false;
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

// The result repeats the error of the last step, which was reported then.
void Statement::reset() {
  sqlite3_reset(statement_);
}

// The texts live until the statement has run: SQLite need not copy them.
void Statement::bind_at(int index, std::string_view value) {
  const char* text = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text(statement_, index, text, static_cast<int>(value.size()), SQLITE_STATIC));
}

void Statement::bind_at(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, index, value));
}

void Statement::bind_at(int index, std::nullptr_t) {
  check(sqlite3_bind_null(statement_, index));
}

void Statement::check(int result) const {
  if (result != SQLITE_OK) fail(db_, "write the warehouse");
}

Warehouse::Warehouse(const partita::Run& run) {
  open(run.resource("warehouse").get("path"));
}

Warehouse::~Warehouse() {
  sqlite3_close(db_);
}

void Warehouse::open(const std::string& path) {
  try {
    if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) fail(db_, "open warehouse " + path);
    sqlite3_busy_timeout(db_, kWaitMilliseconds);
    if (schema_version() != kSchemaVersion &&
        sqlite3_exec(db_, kSchema, nullptr, nullptr, nullptr) != SQLITE_OK) {
      fail(db_, "make the tables of warehouse " + path);
    }
  } catch (...) {
    sqlite3_close(db_);
    throw;
  }
}

std::int64_t Warehouse::schema_version() {
  auto statement = prepare("PRAGMA user_version");
  statement.step();
  return statement.integer(0);
}

// After an error SQLite may have rolled back by itself, and then refuses to do it again.
void Warehouse::rollback() noexcept {
  sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace sales
