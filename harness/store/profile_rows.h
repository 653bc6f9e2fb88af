#pragma once

// The rows of a run's profiles. The writer runs inside the caller's transaction.

#include <cstdint>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/profile.h>
#include <harness/store/database.h>

namespace assay::store {

/// Replaces the profile of that variant in that run, whatever case it was made on. Errors:
/// kDatabase (no such run).
Status replace_profile(Database& database, std::int64_t run_id, const ProfileRecord& record);

/// In the order in which they were stored. Errors: kCorrupt, naming the row.
Result<std::vector<ProfileRecord>> read_profiles(Database& database, std::int64_t run_id);

}  // namespace assay::store
