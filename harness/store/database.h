#pragma once

// SQLite as values: a connection, a statement, a transaction, and one place where SQLite's codes
// become errors that a person can act on. Internal to the store; not thread-safe.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <harness/base/result.h>

struct sqlite3;
struct sqlite3_stmt;

namespace assay::store {

class Statement;

/// Statements that were prepared and are not in use. Preparing one takes longer than looking up a
/// row with it.
class IdleStatements {
 public:
  IdleStatements() = default;
  IdleStatements(const IdleStatements&) = delete;
  IdleStatements& operator=(const IdleStatements&) = delete;
  ~IdleStatements();

  /// One with that text, or null.
  sqlite3_stmt* take(std::string_view sql);
  /// Resets `handle` and keeps it, or finalizes it when there are enough.
  void keep(sqlite3_stmt* handle);

 private:
  std::multimap<std::string, sqlite3_stmt*, std::less<>> by_sql_;
};

/// How SQLite itself is asked to open a file.
enum class Access {
  kCreate,     ///< read and write; made if missing
  kExisting,   ///< read and write if the system allows it; not made
  kImmutable,  ///< read without locks or side files; only right when nobody can be writing
};

/// One connection to one file.
class Database {
 public:
  /// Says nothing about what the file holds: SQLite looks at it with the first query.
  static Result<Database> open(const std::filesystem::path& path, Access access,
                               std::chrono::milliseconds busy_timeout);

  Result<Statement> prepare(std::string_view sql);
  /// Runs statements that take no values and give none back.
  Status execute_script(std::string_view sql);
  /// The first column of the first row. Errors: as SQLite's; kDatabase without a row.
  Result<std::int64_t> read_integer(std::string_view sql);

  std::int64_t last_row_id() const;
  /// SQLite's code of the last failed call, without its extended part.
  int last_code() const;
  /// True inside a transaction.
  bool in_transaction() const;
  const std::filesystem::path& path() const { return path_; }

  /// What the failed call that returned `code` means for the user. Codes: kCorrupt for a damaged
  /// file, else kDatabase.
  Error error(int code) const;

 private:
  struct Closer {
    void operator()(sqlite3* handle) const;
  };

  std::unique_ptr<sqlite3, Closer> handle_;
  std::unique_ptr<IdleStatements> idle_ = std::make_unique<IdleStatements>();
  std::filesystem::path path_;
};

/// A prepared statement. Must not outlive its Database.
class Statement {
 public:
  /// Binds all values, in order from ?1, for the next rows. Text and bytes must live until the
  /// statement is started or run again.
  template <class... Values>
  void start(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
  }
  /// Goes to the next row; false after the last.
  Result<bool> next_row();
  /// start() and on to the end, for a statement that gives no rows back.
  template <class... Values>
  Status run(const Values&... values) {
    start(values...);
    return finish();
  }

  std::int64_t integer(int column) const;
  /// The 64 bits of integer(), for values that were bound as unsigned.
  std::uint64_t unsigned_integer(int column) const;
  /// Nothing for NULL.
  std::optional<double> real(int column) const;
  std::string text(int column) const;
  /// Valid until the next row.
  std::span<const std::byte> blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Returner {
    IdleStatements* idle;
    void operator()(sqlite3_stmt* handle) const { idle->keep(handle); }
  };
  Statement(const Database* database, IdleStatements& idle, sqlite3_stmt* handle);

  void reset();
  Status finish();
  void bind(int index, std::int64_t value);
  void bind(int index, int value);
  void bind(int index, std::uint64_t value);
  void bind(int index, double value);
  void bind(int index, std::string_view value);
  void bind(int index, std::span<const std::byte> value);
  /// NULL when empty.
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind_null(index);
    }
  }
  void bind_null(int index);
  void note(int code);

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Returner> handle_;
  int bind_error_ = 0;  ///< first refusal of a value; reported by the next step
};

/// Takes the write lock at once, so that a transaction never fails half way for want of it. Undone
/// when destroyed without commit().
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Database& database);
  Database* database_;
};

}  // namespace assay::store
