#pragma once

// Rows of noise floors. The writing function runs inside the caller's transaction.

#include <span>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/golden_floor.h>
#include <harness/store/database.h>

namespace assay::store {

Status replace_floors(Database& database, std::span<const GoldenFloor> floors);
/// Sorted by case, variant, golden, figure and machine.
Result<std::vector<GoldenFloor>> read_floors(Database& database, std::string_view suite);

}  // namespace assay::store
