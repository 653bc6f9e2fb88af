#pragma once

// How well a percentile of few samples is known, without assuming a distribution.

#include <optional>
#include <span>

#include <harness/stats/bootstrap.h>

namespace assay::stats {

/// An end of the interval that no sample can bound is infinite.
struct QuantileEstimate {
  double value = 0;  ///< of the samples, as quantile_sorted()
  Interval interval;
};

/// The quantile `p` and the order statistics that hold the true one between them with at least the
/// given confidence: the number of samples below the true quantile is binomial(n, p) (Conover,
/// "Practical Nonparametric Statistics", section 3.2). Too few samples have an infinite end: for
/// p95 at 95 % the upper end needs 72 of them. The samples count as independent.
/// Preconditions: `sorted` is ascending and not empty; 0 < p < 1, 0 < confidence < 1.
QuantileEstimate quantile_interval(std::span<const double> sorted, double p, double confidence);

}  // namespace assay::stats
