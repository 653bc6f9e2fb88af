#pragma once

// The bootstrap for comparing two variants over many pairs of fresh processes. A process carries a
// bias of its own of 1-2 % (memory layout) for as long as it lives, so that the process pair is the
// unit of resampling and blocks are resampled within their pair (Kalibera and Jones, "Rigorous
// Benchmarking in Reasonable Time", ISMM 2013). An interval from blocks alone is falsely narrow.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <harness/stats/bca.h>
#include <harness/stats/bootstrap.h>

namespace assay::stats {

/// How the effects of the pairs become one. All stand a few pairs that are far off.
enum class PairLocation : std::uint8_t {
  kMedian,         ///< Stands half of them off; the widest interval.
  kTrimmedMean,    ///< Without the lowest and the highest fifth.
  kHodgesLehmann,  ///< Stands 29 % off; nearly as precise as the mean on normal data.
};

struct HierarchicalOptions {
  PairLocation location = PairLocation::kHodgesLehmann;
  std::size_t resamples = 10000;
  std::uint32_t seed = 1;
};

/// Below this many pairs not even their whole range covers a median at 95 % (1 - 2^(1 - n)), so no
/// interval resampled from them can.
constexpr std::size_t kMinPairs = 6;

/// A finished bootstrap, which answers at any confidence.
struct HierarchicalBootstrap {
  std::size_t pairs = 0;
  BcaDistribution effects;

  /// The BCa interval with the expanded tails of bootstrap.h: expanded_tail(confidence, pairs)
  /// takes the place of (1 - confidence) / 2 before Efron's adjustment, so that few pairs get the
  /// wider interval of Student's t. Where BCa is undefined (see make_bca) it is the expanded
  /// percentile interval.
  Interval interval(double confidence) const;

  /// Standard deviation of the resampled effects.
  double standard_error() const;

  /// Two-sided p-value of "the effect is 0": 1 less the confidence at which interval() just touches
  /// 0, at least 1 / (resamples + 1). Where 0 lies beyond all resamples they cannot tell how far,
  /// and the distance in standard errors does instead, by Student's t. The floor alone would not
  /// do: of six pairs of unchanged code all resamples lie on one side about once in 100 times.
  double p_value() const;
};

/// The statistic is the `options.location` over pairs of the median of each pair's block effects
/// (for example ln(B / A) of neighbouring blocks). Each resample draws as many pairs as there are,
/// with replacement, and then, for each, as many blocks as it has. The acceleration leaves out one
/// pair at a time. Deterministic in the seed. Preconditions: at least 2 pairs (see kMinPairs), none
/// empty, all effects finite. The median of drawn blocks comes from median_resampler.h, so that the
/// time does not grow with their number: 100 pairs and 10,000 resamples take about 0.1 s, with
/// Hodges-Lehmann 0.2 s.
HierarchicalBootstrap hierarchical_bootstrap(std::span<const std::vector<double>> pairs,
                                             const HierarchicalOptions& options);

}  // namespace assay::stats
