#pragma once

// One run, known to two databases: what each has, put together.

#include <vector>

#include <harness/base/result.h>
#include <harness/model/run.h>
#include <harness/store/database.h>
#include <harness/store/store.h>

namespace assay::store {

/// As Store::merge_run, inside the caller's transaction.
Result<MergeOutcome> merge_run(Database& database, const RunRecord& run);

/// As Store::merge_database, in a transaction of its own. `other` has the newest schema.
Result<std::vector<MergeOutcome>> merge_database(Database& database, Database& other);

}  // namespace assay::store
