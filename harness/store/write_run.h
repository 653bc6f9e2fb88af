#pragma once

// Everything that adds or changes rows. Each function runs inside the caller's transaction.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
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
/// A finished or running run with all its cells. Errors: kUsage for a cell that is there twice.
Result<std::int64_t> insert_whole_run(Database& database, const RunRecord& run);
/// The row of an equal worker of this run, or a new one. Nothing for a worker that never was.
Result<std::optional<std::int64_t>> ensure_worker(Database& database, std::int64_t run_id,
                                                  const WorkerRecord& worker);
/// Makes every pending cell an error of that stage and reason; how many they were.
Result<std::uint64_t> fail_pending_cells(Database& database, std::int64_t run_id,
                                         std::string_view stage, std::string_view reason);
/// Puts `fingerprint` in place of what the run has.
Status replace_fingerprint(Database& database, std::int64_t run_id, const Fingerprint& fingerprint);
/// Adds the facts, each in place of an older one of its key.
Status replace_device_facts(Database& database, std::int64_t run_id,
                            const std::map<std::string, std::string>& facts);
Status update_run_state(Database& database, std::int64_t run_id, RunState state,
                        std::string_view finished_utc);
Status delete_artifacts(Database& database, std::int64_t run_id);

/// "suite/case model/variant backend threads device", for messages.
std::string describe(const CellKey& key);

}  // namespace assay::store
