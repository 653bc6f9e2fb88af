#pragma once

// Rows that gates write and read: side-by-side measurements, calibrations, verdicts. Each writing
// function runs inside the caller's transaction.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/side_by_side.h>
#include <harness/store/database.h>

namespace assay::store {

Status replace_side_by_side(Database& database, std::int64_t run_id, std::int64_t baseline_run_id,
                            const SideBySide& measured);
Result<std::vector<SideBySide>> read_side_by_side(Database& database, std::int64_t run_id,
                                                  std::int64_t baseline_run_id);

Status replace_calibration(Database& database, const Calibration& calibration);
Result<std::vector<Calibration>> read_calibrations(Database& database, std::string_view machine);

Status insert_gate(Database& database, const GateRecord& gate);
/// Newest first.
Result<std::vector<GateRecord>> read_gates(Database& database, std::optional<std::int64_t> run_id);

}  // namespace assay::store
