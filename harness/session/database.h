#pragma once

// A results database as a whole: what is in it, and bringing it to the newest schema.

#include <cstdint>
#include <filesystem>
#include <vector>

#include <harness/base/result.h>
#include <harness/store/store.h>

namespace assay::session {

struct DatabaseInfo {
  std::filesystem::path path;
  std::uint64_t bytes = 0;  ///< of the file and its write-ahead log
  int schema_version = 0;
  std::vector<store::RunSummary> runs;  ///< newest first
};

/// Errors: as Store::open() for reading; kDatabase.
Result<DatabaseInfo> describe_database(const std::filesystem::path& database);

/// Brings a database of an older assay to this schema; the version of it. Errors: kNotFound,
/// because a missing file is not made; as Store::open() for writing.
Result<int> migrate_database(const std::filesystem::path& database);

}  // namespace assay::session
