#pragma once

// Bias-corrected and accelerated bootstrap intervals (Efron, "Better Bootstrap Confidence
// Intervals", JASA 82, 1987): the percentile interval, with its two percentiles moved for the bias
// of the resamples (z0) and for a spread that changes with the parameter (a).

#include <span>
#include <vector>

#include <harness/stats/bootstrap.h>

namespace assay::stats {

/// What an interval, or the test of a value, needs of a finished bootstrap.
struct BcaDistribution {
  double estimate = 0;
  std::vector<double> distribution;  ///< The statistic of each resample, ascending.
  /// z0: the normal quantile of the share of resamples below the estimate, ties counted half.
  double bias = 0;
  /// a = sum d^3 / (6 (sum d^2)^1.5), with d the mean of the jackknife values less each of them.
  double acceleration = 0;
};

/// Takes the sorted `distribution` of resamples and the statistic with each unit left out.
/// When the correction is undefined (every resample lies on one side of the estimate), bias and
/// acceleration are 0, which makes what follows the plain percentile interval. An acceleration
/// without spread among the jackknife values is 0 too. Preconditions: neither is empty.
BcaDistribution make_bca(double estimate, std::vector<double> distribution,
                         std::span<const double> jackknife);

/// The interval that cuts off the nominal probability `tail` at each end: the quantiles
/// Phi(z0 + (z0 + z) / (1 - a (z0 + z))) with z = +-Phi^-1(tail). For the textbook interval
/// tail = (1 - confidence) / 2, as in SciPy's bootstrap(method='BCa'); for few units see
/// expanded_tail(). Precondition: 0 < tail <= 0.5.
Interval bca_interval(const BcaDistribution& bootstrap, double tail);

/// The `tail`, on the side of `value`, at which an end of bca_interval() meets `value`: the formula
/// above solved for tail. At most 0.5. A value beyond all resamples counts as if half a resample
/// lay beyond it, so that the result is never below what so many resamples can tell.
double bca_tail(const BcaDistribution& bootstrap, double value);

}  // namespace assay::stats
