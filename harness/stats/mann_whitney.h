#pragma once

// The Mann-Whitney U test: do values of one sample tend to be larger than those of the other?

#include <span>

namespace assay::stats {

struct MannWhitney {
  double u = 0;        ///< Pairs (x, y) with x > y, plus half of those with x == y.
  double p_value = 1;  ///< Two-sided.
};

/// U = R_x - n_x (n_x + 1) / 2, with R_x the sum of the ranks of `x` among both samples (Mann and
/// Whitney 1947). p is exact when one sample has at most 8 values and none are tied, by counting
/// the arrangements; else from the normal distribution with correction for continuity and ties.
/// These are the rules and figures of SciPy: mannwhitneyu(x, y, method='auto').
///
/// It takes the values for independent. Samples of one process are not: a test of raw executions
/// calls nearly every pair of runs different. Use it on one figure a process.
/// Preconditions: neither is empty. Exact: O(n_x n_y min(n_x, n_y)); else O(n log n).
MannWhitney mann_whitney_u(std::span<const double> x, std::span<const double> y);

}  // namespace assay::stats
