#pragma once

// From what a user calls a run (its number, the start of its uuid, "latest") to its row.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/store/database.h>

namespace assay::store {

/// Every run, newest first.
Result<std::vector<std::int64_t>> read_run_ids(Database& database);
/// "runs 2 (beef0001), 1 (cafe0002)": the newest ten, for an error message.
Result<std::string> list_run_names(Database& database);
/// As Store::find_run.
Result<std::int64_t> resolve_run(Database& database, std::string_view selector);

}  // namespace assay::store
