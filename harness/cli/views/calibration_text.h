#pragma once

// What `assay gate calibrate` prints.

#include <string>
#include <vector>

#include <harness/model/side_by_side.h>

namespace assay::cli {

/// A table: how often a gate would cry wolf, and what it can find, a line a case, variant and
/// metric.
std::string format_calibrations(const std::vector<Calibration>& calibrations);

}  // namespace assay::cli
