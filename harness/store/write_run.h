#pragma once

// Everything that adds or changes rows. Each function runs inside the caller's transaction.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/run.h>
#include <harness/store/database.h>

namespace assay::store {

/// Nothing when no run has exactly this uuid.
Result<std::optional<std::int64_t>> find_run_by_uuid(Database& database, std::string_view uuid);
Result<std::int64_t> insert_run(Database& database, const RunInfo& info);
Status insert_pending_cells(Database& database, std::int64_t run_id,
                            const std::vector<CellKey>& expected);
Status replace_cell(Database& database, std::int64_t run_id, const Cell& cell);
Status update_run_state(Database& database, std::int64_t run_id, RunState state,
                        std::string_view finished_utc);
Status delete_artifacts(Database& database, std::int64_t run_id);

/// "suite/case model/variant backend threads device", for messages.
std::string describe(const CellKey& key);

}  // namespace assay::store
