#pragma once

#include <span>
#include <vector>

#include <harness/stats/hierarchical_bootstrap.h>

namespace assay::gate {

/// How every gate estimates a change of time from pairs of processes: the 20 % trimmed mean over
/// pairs of the median over blocks, which stands a fifth of pairs far off on either side (single
/// pairs of unchanged code were up to 39 % off on a shared machine, docs/internals/measurement.md).
/// A first bootstrap of 2,000 resamples settles what is clearly no change; only below p = 0.1 are
/// 10,000 drawn, which 500 tests at a false discovery rate of 5 % need. Precondition: at least
/// stats::kMinPairs pairs.
stats::HierarchicalBootstrap estimate_pairs(std::span<const std::vector<double>> pair_effects);

}  // namespace assay::gate
