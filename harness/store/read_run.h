#pragma once

// Everything that turns rows back into the structs of harness/model.

#include <cstdint>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/run.h>
#include <harness/store/database.h>
#include <harness/store/store.h>

namespace assay::store {

/// The key in columns 1 to 7 of a row: suite, case_name, model, variant, backend, threads, device.
CellKey read_key(const Statement& row);
Result<RunInfo> read_run_info(Database& database, std::int64_t run_id);
/// Every run, newest first.
Result<std::vector<RunInfo>> read_run_infos(Database& database);

/// As Store::devices_of_runs.
Result<std::map<std::int64_t, std::set<std::string>>> read_devices(Database& database);

/// In the order in which they were planned. Errors: kCorrupt, naming the row.
Result<std::vector<Cell>> read_cells(Database& database, std::int64_t run_id, Detail detail);
Result<std::vector<CellKey>> read_pending_keys(Database& database, std::int64_t run_id);
Result<WorkerRecord> read_worker(Database& database, std::int64_t worker_id);
/// Fills the counts of `summary` for the run of `summary.info.id`.
Status read_counts(Database& database, RunSummary& summary);

}  // namespace assay::store
