#pragma once

// The binomial distribution, for sign tests, early stopping and resampled medians.

#include <cstdint>

namespace assay::stats {

/// P(X = k) of X successes in n trials of probability p, by Loader's saddle-point form ("Fast and
/// Accurate Computation of Binomial Probabilities", 2000), which keeps its digits for large n.
/// SciPy: binom.pmf. Preconditions: k <= n, 0 < p < 1.
double binomial_probability(std::uint64_t k, std::uint64_t n, double p);

/// P(X <= k), which equals the regularised incomplete beta function I(1 - p; n - k, k + 1): the
/// smaller tail is summed from its largest term outwards, O(sqrt(n)) terms. SciPy: binom.cdf.
/// Precondition: 0 < p < 1.
double binomial_cdf(std::uint64_t k, std::uint64_t n, double p);

}  // namespace assay::stats
