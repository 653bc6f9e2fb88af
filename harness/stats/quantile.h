#pragma once

// Order statistics of a sample.

#include <span>

namespace assay::stats {

/// The q-quantile (0 <= q <= 1) of ascending `sorted`, by linear interpolation between the two
/// closest ranks at position q*(n-1): NumPy's and SciPy's default (Hyndman & Fan 1996, type 7).
/// Precondition: not empty.
double quantile_sorted(std::span<const double> sorted, double q);

}  // namespace assay::stats
