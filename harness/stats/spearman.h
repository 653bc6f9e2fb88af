#pragma once

// Rank correlation: does one figure rise or fall with another, in whatever curve?

#include <optional>
#include <span>

namespace assay::stats {

struct RankCorrelation {
  double rho = 0;      ///< -1 (always falls) to 1 (always rises).
  double p_value = 1;  ///< Two-sided, of no association.
};

/// Spearman's rho: Pearson's correlation of the ranks, ties sharing their mean rank. p from
/// t = rho sqrt((n - 2) / (1 - rho^2)) with n - 2 degrees of freedom, an approximation that is good
/// from about 10 values. SciPy: spearmanr(x, y). Empty when it is undefined: fewer than 3 values,
/// or all values of one side equal. For drift within a run, x is the order and y one figure a
/// block; neighbouring blocks resemble each other, so that p is too small and rho has to be judged
/// too. Precondition: as many x as y.
std::optional<RankCorrelation> spearman(std::span<const double> x, std::span<const double> y);

}  // namespace assay::stats
