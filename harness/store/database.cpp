#include <utility>

#include <sqlite3.h>

#include <harness/store/database.h>
#include <harness/store/store.h>

namespace assay::store {
namespace {

/// A `file:` URI, which is the only way to say "immutable". `path` is absolute.
std::string immutable_uri(const std::filesystem::path& path) {
  std::string uri = "file://";
  for (const char character : path.string()) {
    if (character == '%' || character == '?' || character == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(character));
    } else {
      uri += character;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

void Database::Closer::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::filesystem::path& path, Access access,
                                std::chrono::milliseconds busy_timeout) {
  std::error_code code;
  // Absolute, because SQLite gives names like ":memory:" and "file:x" a meaning of their own.
  const std::filesystem::path absolute = std::filesystem::absolute(path, code);
  if (path.empty() || code) {
    return make_error(ErrorCode::kUsage, "'{}' is no file name for a database", path.string());
  }
  // One thread uses a connection: without SQLite's own locks a row costs less.
  constexpr int kAlways = SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;
  int flags = SQLITE_OPEN_READWRITE | kAlways;
  std::string name = absolute.string();
  if (access == Access::kCreate) {
    flags |= SQLITE_OPEN_CREATE;
  }
  if (access == Access::kImmutable) {
    flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | kAlways;
    name = immutable_uri(absolute);
  }
  Database database;
  database.path_ = path;
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  database.handle_.reset(handle);
  if (opened != SQLITE_OK) {
    return database.error(opened);
  }
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  // The file may come from anywhere: its views and defaults must not reach beyond plain SQL.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  return database;
}

IdleStatements::~IdleStatements() {
  for (const auto& [sql, handle] : by_sql_) {
    sqlite3_finalize(handle);
  }
}

sqlite3_stmt* IdleStatements::take(std::string_view sql) {
  const auto found = by_sql_.find(sql);
  return found == by_sql_.end() ? nullptr : by_sql_.extract(found).mapped();
}

void IdleStatements::keep(sqlite3_stmt* handle) {
  constexpr std::size_t kMost = 64;
  if (by_sql_.size() >= kMost) {
    sqlite3_finalize(handle);
    return;
  }
  sqlite3_reset(handle);
  sqlite3_clear_bindings(handle);  // they point to values of whoever used it
  by_sql_.emplace(sqlite3_sql(handle), handle);
}

Result<Statement> Database::prepare(std::string_view sql) {
  if (sqlite3_stmt* handle = idle_->take(sql)) {
    return Statement(this, *idle_, handle);
  }
  sqlite3_stmt* handle = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  if (code != SQLITE_OK) {
    return error(code);
  }
  return Statement(this, *idle_, handle);
}

Status Database::execute_script(std::string_view sql) {
  const int code = sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return error(code);
  }
  return {};
}

Result<std::int64_t> Database::read_integer(std::string_view sql) {
  ASSAY_ASSIGN(Statement statement, prepare(sql));
  statement.start();
  ASSAY_ASSIGN(const bool found, statement.next_row());
  if (!found) {
    return make_error(ErrorCode::kDatabase, "'{}': no row answers \"{}\"", path_.string(), sql);
  }
  return statement.integer(0);
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

int Database::last_code() const { return sqlite3_errcode(handle_.get()) & 0xff; }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

Error Database::error(int code) const {
  const std::string file = path_.string();
  const std::string detail = fmt::format(
      "{} (SQLite code {})", handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code), code);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make_error(ErrorCode::kDatabase,
                        "'{}' is locked by another program; wait for it to end, or choose another "
                        "file with --db",
                        file);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return make_error(ErrorCode::kDatabase,
                        "'{}' cannot be written: the file or its folder is read-only; make both "
                        "writable, or choose another file with --db",
                        file);
    case SQLITE_FULL:
      return make_error(ErrorCode::kDatabase,
                        "the disk of '{}' is full; what was recorded before is intact: free some "
                        "space, then go on with --resume",
                        file);
    case SQLITE_NOTADB:
      return make_error(ErrorCode::kDatabase,
                        "'{}' is not a database; choose another file with --db", file);
    case SQLITE_CANTOPEN:
      return make_error(ErrorCode::kDatabase,
                        "'{}', or the files '-wal' and '-shm' beside it, cannot be opened: check "
                        "that the folder exists and that you may write to it: {}",
                        file, detail);
    case SQLITE_CORRUPT:
      return make_error(ErrorCode::kCorrupt,
                        "'{}' is damaged: {}; rescue what is left with: sqlite3 '{}' .recover",
                        file, detail, file);
    case SQLITE_IOERR:
      return make_error(ErrorCode::kDatabase,
                        "the operating system refused to read or write '{}': {}; what was recorded "
                        "before is intact",
                        file, detail);
    default:
      return make_error(ErrorCode::kDatabase, "'{}': {}", file, detail);
  }
}

Statement::Statement(const Database* database, IdleStatements& idle, sqlite3_stmt* handle)
    : database_(database), handle_(handle, Returner{&idle}) {}

Result<bool> Statement::next_row() {
  if (bind_error_ != SQLITE_OK) {
    return database_->error(bind_error_);
  }
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code == SQLITE_DONE) {
    return false;
  }
  // The text of the error must be read before reset(), which may change it.
  Error failure = database_->error(code);
  reset();
  return failure;
}

Status Statement::finish() {
  bool more = true;
  while (more) {
    ASSAY_ASSIGN(more, next_row());
  }
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  bind_error_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::uint64_t Statement::unsigned_integer(int column) const {
  return static_cast<std::uint64_t>(integer(column));
}

std::optional<double> Statement::real(int column) const {
  if (is_null(column)) {
    return std::nullopt;
  }
  return sqlite3_column_double(handle_.get(), column);
}

std::string Statement::text(int column) const {
  const unsigned char* start = sqlite3_column_text(handle_.get(), column);
  if (start == nullptr) {
    return {};
  }
  return {reinterpret_cast<const char*>(start),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const void* start = sqlite3_column_blob(handle_.get(), column);
  if (start == nullptr) {
    return {};
  }
  return {static_cast<const std::byte*>(start),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

void Statement::note(int code) {
  if (bind_error_ == SQLITE_OK) {
    bind_error_ = code;
  }
}

void Statement::bind(int index, std::int64_t value) {
  note(sqlite3_bind_int64(handle_.get(), index, value));
}

void Statement::bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }

void Statement::bind(int index, std::uint64_t value) {
  bind(index, static_cast<std::int64_t>(value));
}

void Statement::bind(int index, double value) {
  note(sqlite3_bind_double(handle_.get(), index, value));
}

void Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL instead of the empty text.
  const char* start = value.empty() ? "" : value.data();
  note(sqlite3_bind_text64(handle_.get(), index, start, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int index, std::span<const std::byte> value) {
  const void* start = value.empty() ? static_cast<const void*>("") : value.data();
  note(sqlite3_bind_blob64(handle_.get(), index, start, value.size(), SQLITE_STATIC));
}

void Statement::bind_null(int index) { note(sqlite3_bind_null(handle_.get(), index)); }

Result<Transaction> Transaction::begin(Database& database) {
  ASSAY_TRY(database.execute_script("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Database& database) : database_(&database) {}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // After some failures (disk full) SQLite has rolled back on its own.
  if (database_ != nullptr && database_->in_transaction()) {
    (void)database_->execute_script("ROLLBACK");
  }
}

Status Transaction::commit() {
  ASSAY_TRY(database_->execute_script("COMMIT"));
  database_ = nullptr;
  return {};
}

std::string sqlite_version() { return sqlite3_libversion(); }

}  // namespace assay::store
