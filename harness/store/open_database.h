#pragma once

// Opening a file that a user named, which may be anything: finds out what it is before touching it.

#include <chrono>
#include <filesystem>

#include <harness/base/result.h>
#include <harness/store/database.h>
#include <harness/store/store.h>

namespace assay::store {

/// A connection to a database of ours with the newest schema. Errors: as Store::open.
Result<Database> open_database(const std::filesystem::path& path, OpenMode mode,
                               std::chrono::milliseconds busy_timeout);

}  // namespace assay::store
