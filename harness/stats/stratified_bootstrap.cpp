#include <algorithm>
#include <random>

#include <harness/base/assert.h>
#include <harness/stats/draw.h>
#include <harness/stats/quantile.h>
#include <harness/stats/stratified_bootstrap.h>

namespace assay::stats {
namespace {

double resampled_figure(const Stratum& stratum, std::mt19937& generator) {
  const std::size_t count = stratum.differences.size();
  double difference = 0;
  double weight = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t drawn = draw_index(generator, count);
    difference += stratum.differences[drawn];
    weight += stratum.weights[drawn];
  }
  return weight > 0 ? difference / weight : 0;
}

}  // namespace

Interval stratified_interval(std::span<const Stratum> strata, const BootstrapOptions& options) {
  ASSAY_ASSERT(!strata.empty());
  std::size_t units = 0;
  for (const Stratum& stratum : strata) {
    ASSAY_ASSERT(stratum.weights.size() == stratum.differences.size());
    units += stratum.differences.size();
  }
  std::mt19937 generator(options.seed);
  std::vector<double> distribution(options.resamples);
  for (double& mean : distribution) {
    for (const Stratum& stratum : strata) {
      mean += resampled_figure(stratum, generator);
    }
    mean /= static_cast<double>(strata.size());
  }
  std::sort(distribution.begin(), distribution.end());
  const double tail = expanded_tail(options.confidence, units);
  return {.low = quantile_sorted(distribution, tail),
          .high = quantile_sorted(distribution, 1 - tail)};
}

}  // namespace assay::stats
