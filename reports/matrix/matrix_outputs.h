#pragma once

// What one model file gave on several devices, for the matrix: a kernel that differs by
// architecture shows up here.

#include <map>
#include <vector>

#include <reports/matrix/matrix_view.h>

namespace assay::reports {

/// One row for each device but the first that measured a variant with a backend and a number of
/// threads; it is set against that first one. `places`: measured cells by key without case. Bits
/// are compared by the hashes over all outputs, SQNR as compare::match_outputs() does.
std::vector<MatrixOutputs> compare_outputs(
    const std::map<CellKey, std::vector<const Cell*>>& places, const UnitSource& units);

}  // namespace assay::reports
