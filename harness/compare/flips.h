#pragma once

// Which chunks are decided differently.

#include <span>

#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>

namespace assay::compare {

/// Compares (score >= decision_threshold) chunk by chunk in the "score" series of both sides; a
/// score that is NaN decides "no". A case without scores, or with another number of them on each
/// side, adds no chunk. The start of a chunk in seconds is its index times (audio seconds /
/// chunks), which is early by less than one chunk when the last one is padded. Flips are in the
/// order of cases and chunks.
Flips find_flips(std::span<const CellPair> pairs);

}  // namespace assay::compare
