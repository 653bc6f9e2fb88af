#pragma once

// The schema as numbered migrations. A migration that was released is never edited: the next change
// is the next number. docs/internals/schema.md explains the tables to a person.

#include <cstdint>
#include <span>
#include <string_view>

#include <harness/base/result.h>

namespace assay::store {

class Database;

/// In the header of every database of ours (PRAGMA application_id): "ASSY" in ASCII.
inline constexpr std::int64_t kApplicationId = 0x41535359;

struct Migration {
  int version = 0;       ///< PRAGMA user_version once `sql` has run
  std::string_view sql;  ///< statements that lead there from `version` - 1
};

/// All migrations, versions 1, 2, ... without a gap.
std::span<const Migration> schema_migrations();

/// The version that this program reads and writes.
int newest_schema_version();

/// Runs what `database` lacks, each migration in a transaction of its own that also sets the
/// version: a failed or killed one leaves the version before it. Safe when two processes do it.
Status migrate(Database& database, std::span<const Migration> migrations);

}  // namespace assay::store
