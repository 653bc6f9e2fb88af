#pragma once

// Ranks of a sample, which the rank tests share.

#include <span>
#include <vector>

namespace assay::stats {

struct Ranks {
  std::vector<double> ranks;  ///< From 1, in the order of the values; ties share their mean rank.
  double tie_term = 0;        ///< Sum of t^3 - t over the groups of t equal values; 0 without ties.
};

/// SciPy: rankdata(method='average'). O(n log n).
Ranks mid_ranks(std::span<const double> values);

}  // namespace assay::stats
