#include <thread>
#include <utility>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <harness/store/open_database.h>
#include <harness/store/schema.h>

namespace assay::store {
namespace {

namespace fs = std::filesystem;

enum class Contents { kEmpty, kOurs };

/// SQLite would fall back to reading, and find out when the first result is to be saved.
Status require_writable(const fs::path& path) {
  if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0) {
    return {};
  }
  return make_error(ErrorCode::kDatabase,
                    "'{}' is read-only; make it writable, or choose another file with --db",
                    path.string());
}

Status require_possible_path(const fs::path& path, OpenMode mode) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (fs::is_directory(status)) {
    return make_error(ErrorCode::kDatabase, "'{}' is a folder; name a database file with --db",
                      path.string());
  }
  if (mode == OpenMode::kReadOnly) {
    if (fs::exists(status)) {
      return {};
    }
    return make_error(ErrorCode::kNotFound,
                      "there is no database '{}'; name one with --db, or make it with: assay run",
                      path.string());
  }
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, code)) {
    return make_error(ErrorCode::kNotFound,
                      "'{}' cannot be made: there is no folder '{}'; make it first", path.string(),
                      folder.string());
  }
  if (fs::exists(status)) {
    ASSAY_TRY(require_writable(path));
  }
  return require_writable(folder);  // the write-ahead log lies beside the database
}

/// ", written by assay 2.1.0", if a newer schema still lets that be read.
std::string describe_writer(Database& database) {
  auto statement = database.prepare(
      "SELECT value FROM run_fingerprint WHERE key = 'tool_version' ORDER BY run_id DESC LIMIT 1");
  if (!statement.ok()) {
    return {};
  }
  statement->start();
  const Result<bool> found = statement->next_row();
  return found.ok() && found.value() ? ", written by assay " + statement->text(0) : "";
}

/// Looks into the file without changing it.
Result<Contents> identify(Database& database) {
  const std::string file = database.path().string();
  ASSAY_ASSIGN(const std::int64_t table_count,
               database.read_integer("SELECT count(*) FROM sqlite_schema"));
  ASSAY_ASSIGN(const std::int64_t application, database.read_integer("PRAGMA application_id"));
  ASSAY_ASSIGN(const std::int64_t version, database.read_integer("PRAGMA user_version"));
  if (table_count == 0 && application == 0 && version == 0) {
    return Contents::kEmpty;
  }
  if (application != kApplicationId) {
    return make_error(ErrorCode::kDatabase,
                      "'{}' is an SQLite database of another program (application id {:#x}, not "
                      "{:#x}); choose another file with --db",
                      file, application, kApplicationId);
  }
  if (version > newest_schema_version()) {
    return make_error(ErrorCode::kDatabase,
                      "'{}' has schema version {}{}, and this assay knows versions up to {}: use a "
                      "newer assay, or another file with --db",
                      file, version, describe_writer(database), newest_schema_version());
  }
  return Contents::kOurs;
}

/// Write-ahead logging: readers and a writer do not wait for each other, and a transaction is one
/// append. Where the file system cannot do it (no shared memory), SQLite keeps its rollback journal
/// and nothing else changes. FULL syncs at each commit, so that a saved cell also survives a power
/// cut or a rebooting phone; next to measuring a cell, one sync costs nothing.
Status configure_for_writing(Database& database, std::chrono::milliseconds busy_timeout) {
  const auto give_up = std::chrono::steady_clock::now() + busy_timeout;
  // SQLite does not wait for the lock that changing the mode needs.
  Status changed = database.execute_script("PRAGMA journal_mode = WAL");
  while (!changed.ok() && database.last_code() == SQLITE_BUSY &&
         std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    changed = database.execute_script("PRAGMA journal_mode = WAL");
  }
  ASSAY_TRY(std::move(changed));
  return database.execute_script("PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF");
}

Result<Database> open_for_writing(const fs::path& path, std::chrono::milliseconds busy_timeout) {
  ASSAY_ASSIGN(Database database, Database::open(path, Access::kCreate, busy_timeout));
  ASSAY_TRY(identify(database));  // an empty file is fine: the migrations fill it
  ASSAY_TRY(configure_for_writing(database, busy_timeout));
  ASSAY_TRY(migrate(database, schema_migrations()));
  return database;
}

/// True if transactions wait in the log beside the file, which an immutable connection ignores.
bool has_pending_log(const fs::path& path) {
  std::error_code code;
  const auto size = fs::file_size(path.string() + "-wal", code);
  return !code && size > 0;
}

/// Read-only media: SQLite cannot make the side files that a WAL database wants, but then nobody
/// else can be writing either, and it may read the plain file.
Result<Database> open_immutable(const fs::path& path, std::chrono::milliseconds busy_timeout) {
  if (has_pending_log(path)) {
    return make_error(
        ErrorCode::kDatabase,
        "'{0}' lies in a read-only folder, and part of its data is still in "
        "'{0}-wal': copy both files to a folder that can be written, and open the copy",
        path.string());
  }
  return Database::open(path, Access::kImmutable, busy_timeout);
}

Result<Database> open_for_reading(const fs::path& path, std::chrono::milliseconds busy_timeout) {
  // Not as a read-only connection: the last of those leaves "-wal" and "-shm" files behind.
  ASSAY_ASSIGN(Database database, Database::open(path, Access::kExisting, busy_timeout));
  auto probe = database.read_integer("SELECT count(*) FROM sqlite_schema");
  if (!probe.ok()) {
    const int code = database.last_code();
    if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) {
      return std::move(probe).error();
    }
    ASSAY_ASSIGN(database, open_immutable(path, busy_timeout));
  }
  ASSAY_ASSIGN(const Contents contents, identify(database));
  if (contents == Contents::kEmpty) {
    return make_error(ErrorCode::kDatabase,
                      "'{}' is an empty database; assay run --db '{}' fills it", path.string(),
                      path.string());
  }
  ASSAY_ASSIGN(const std::int64_t version, database.read_integer("PRAGMA user_version"));
  if (version < newest_schema_version()) {
    return make_error(
        ErrorCode::kDatabase,
        "'{}' has schema version {}, and this assay reads version {}: change the file "
        "with: assay db migrate --db '{}'",
        path.string(), version, newest_schema_version(), path.string());
  }
  ASSAY_TRY(database.execute_script("PRAGMA query_only = ON"));
  return database;
}

}  // namespace

Result<Database> open_database(const fs::path& path, OpenMode mode,
                               std::chrono::milliseconds busy_timeout) {
  ASSAY_TRY(require_possible_path(path, mode));
  return mode == OpenMode::kReadOnly ? open_for_reading(path, busy_timeout)
                                     : open_for_writing(path, busy_timeout);
}

}  // namespace assay::store
