#include <algorithm>
#include <cmath>
#include <utility>

#include <harness/base/assert.h>
#include <harness/stats/bca.h>
#include <harness/stats/quantile.h>
#include <harness/stats/student_t.h>
#include <harness/stats/summary.h>

namespace assay::stats {
namespace {

/// The share of resamples below `value`, those equal to it counted half.
double share_below(const std::vector<double>& distribution, double value) {
  const auto [first, last] = std::equal_range(distribution.begin(), distribution.end(), value);
  const auto below = static_cast<double>(first - distribution.begin());
  const auto not_above = static_cast<double>(last - distribution.begin());
  return (below + not_above) / (2 * static_cast<double>(distribution.size()));
}

double acceleration_of(std::span<const double> jackknife) {
  const double center = mean(jackknife);
  double squares = 0;
  double cubes = 0;
  for (const double value : jackknife) {
    const double d = center - value;
    squares += d * d;
    cubes += d * d * d;
  }
  const double scale = 6 * std::pow(squares, 1.5);
  return scale > 0 ? cubes / scale : 0;
}

/// The percentile of the distribution that stands for the nominal normal quantile `z`.
double adjusted_level(const BcaDistribution& bootstrap, double z) {
  const double shifted = bootstrap.bias + z;
  const double stretch = 1 - bootstrap.acceleration * shifted;
  if (stretch <= 0) {
    return shifted > 0 ? 1 : 0;  // the limit towards which the formula runs
  }
  return normal_cdf(bootstrap.bias + shifted / stretch);
}

}  // namespace

BcaDistribution make_bca(double estimate, std::vector<double> distribution,
                         std::span<const double> jackknife) {
  ASSAY_ASSERT(!distribution.empty());
  ASSAY_ASSERT(!jackknife.empty());
  const double below = share_below(distribution, estimate);
  BcaDistribution bootstrap{.estimate = estimate, .distribution = std::move(distribution)};
  if (below > 0 && below < 1) {
    bootstrap.bias = normal_quantile(below);
    bootstrap.acceleration = acceleration_of(jackknife);
  }
  return bootstrap;
}

Interval bca_interval(const BcaDistribution& bootstrap, double tail) {
  ASSAY_ASSERT(tail <= 0.5);
  const double z = normal_quantile(tail);
  return {.low = quantile_sorted(bootstrap.distribution, adjusted_level(bootstrap, z)),
          .high = quantile_sorted(bootstrap.distribution, adjusted_level(bootstrap, -z))};
}

double bca_tail(const BcaDistribution& bootstrap, double value) {
  const double half_resample = 0.5 / (static_cast<double>(bootstrap.distribution.size()) + 1);
  const double level =
      std::clamp(share_below(bootstrap.distribution, value), half_resample, 1 - half_resample);
  const double distance = normal_quantile(level) - bootstrap.bias;
  const double stretch = 1 + bootstrap.acceleration * distance;
  if (stretch <= 0) {
    return half_resample;  // no tail, however small, reaches that far
  }
  const double z = distance / stretch - bootstrap.bias;
  return std::max(half_resample, normal_cdf(-std::fabs(z)));
}

}  // namespace assay::stats
