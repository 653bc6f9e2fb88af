#pragma once

// What one model file gave on two machines: a kernel that differs by architecture shows up here.

#include <span>
#include <vector>

#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>

namespace assay::compare {

/// One row a pair. Outputs are identical when the hashes over all outputs of the accuracy pass are.
/// The SQNR is of the first UnitKind::output_series that both sides have, in one length: 10 lg(sum
/// a^2 / sum (b - a)^2).
std::vector<OutputMatch> match_outputs(std::span<const CellPair> pairs, const UnitSource& units);

}  // namespace assay::compare
