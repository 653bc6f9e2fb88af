#pragma once

// One run, known to two databases: what each has, put together.

#include <harness/base/result.h>
#include <harness/model/run.h>
#include <harness/store/database.h>
#include <harness/store/store.h>

namespace assay::store {

/// As Store::merge_run, inside the caller's transaction.
Result<MergeOutcome> merge_run(Database& database, const RunRecord& run);

}  // namespace assay::store
