#pragma once

// The bootstrap for two groups of processes that never met: on two machines. As in
// hierarchical_bootstrap.h the process is the unit and its blocks are resampled within it, but each
// side draws by itself, so that nothing cancels between them.

#include <cstddef>
#include <span>
#include <vector>

#include <harness/stats/hierarchical_bootstrap.h>

namespace assay::stats {

/// A finished bootstrap of location(b) - location(a).
struct IndependentBootstrap {
  std::size_t fewest = 0;  ///< processes of the side that has fewer
  double estimate = 0;
  std::vector<double> distribution;  ///< ascending

  /// The percentile interval with the expanded tails of bootstrap.h for `fewest` units: with many
  /// more processes on the other side it is a little too wide.
  Interval interval(double confidence) const;
};

/// Deterministic in the seed. Preconditions, for each side: as of hierarchical_bootstrap().
IndependentBootstrap independent_bootstrap(std::span<const std::vector<double>> a,
                                           std::span<const std::vector<double>> b,
                                           const HierarchicalOptions& options);

}  // namespace assay::stats
