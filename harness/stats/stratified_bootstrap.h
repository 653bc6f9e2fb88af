#pragma once

// The interval of a paired difference whose units lie in groups that are given: the words of each
// text, the recordings of each noise condition. Units are resampled within their group, so the
// interval speaks of these groups, not of groups that were never looked at.

#include <span>
#include <vector>

#include <harness/stats/bootstrap.h>

namespace assay::stats {

/// One group. Its figure is sum(differences) / sum(weights): with weights of 1 a mean, with words
/// as weights a difference of word error rates. A resample without weight has figure 0.
struct Stratum {
  std::vector<double> differences;
  std::vector<double> weights;  ///< as many, none negative
};

/// The expanded percentile interval (bootstrap.h) of the mean over strata of their figures, with
/// the units of all strata counted together for the expansion.
/// Preconditions: at least one stratum, at least 2 units in all.
Interval stratified_interval(std::span<const Stratum> strata, const BootstrapOptions& options);

}  // namespace assay::stats
