#include <algorithm>
#include <limits>
#include <random>

#include <harness/stats/draw.h>
#include <harness/stats/independent_bootstrap.h>
#include <harness/stats/quantile.h>

namespace assay::stats {

Interval IndependentBootstrap::interval(double confidence) const {
  // The tail of two or three units may underflow, and means the whole range then.
  const double tail =
      std::max(expanded_tail(confidence, fewest), std::numeric_limits<double>::min());
  return {quantile_sorted(distribution, tail), quantile_sorted(distribution, 1 - tail)};
}

IndependentBootstrap independent_bootstrap(std::span<const std::vector<double>> a,
                                           std::span<const std::vector<double>> b,
                                           const HierarchicalOptions& options) {
  HierarchicalOptions of_b = options;
  of_b.seed += 1;
  const BcaDistribution side_a = hierarchical_bootstrap(a, options).effects;
  const BcaDistribution side_b = hierarchical_bootstrap(b, of_b).effects;
  IndependentBootstrap result{.fewest = std::min(a.size(), b.size()),
                              .estimate = side_b.estimate - side_a.estimate,
                              .distribution = side_b.distribution};
  // Both are sorted; drawing from side A anew makes the two independent again.
  std::mt19937 generator(options.seed + 2);
  for (double& effect : result.distribution) {
    effect -= side_a.distribution[draw_index(generator, side_a.distribution.size())];
  }
  std::sort(result.distribution.begin(), result.distribution.end());
  return result;
}

}  // namespace assay::stats
