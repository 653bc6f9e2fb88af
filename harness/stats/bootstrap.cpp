#include <algorithm>
#include <cmath>
#include <random>

#include <harness/stats/bootstrap.h>
#include <harness/stats/draw.h>
#include <harness/stats/quantile.h>
#include <harness/stats/student_t.h>

namespace assay::stats {
namespace {

/// Beyond this many units the correction for few of them is below 0.2 % of the interval's width.
constexpr std::size_t kManyUnits = 1000;

}  // namespace

std::vector<double> bootstrap_distribution(std::span<const double> values, Statistic statistic,
                                           const BootstrapOptions& options) {
  std::mt19937 generator(options.seed);
  std::vector<double> resample(values.size());
  std::vector<double> distribution;
  distribution.reserve(options.resamples);
  for (std::size_t i = 0; i < options.resamples; ++i) {
    for (double& value : resample) {
      value = values[draw_index(generator, values.size())];
    }
    distribution.push_back(statistic(resample));
  }
  std::sort(distribution.begin(), distribution.end());
  return distribution;
}

double expanded_tail(double confidence, std::size_t n) {
  const double tail = (1 - confidence) / 2;
  if (n > kManyUnits) {
    return tail;
  }
  const double t = student_t_quantile(1 - tail, static_cast<int>(n) - 1);
  const auto units = static_cast<double>(n);
  return normal_cdf(-std::sqrt(units / (units - 1)) * t);
}

double nominal_tail(double tail, std::size_t n) {
  if (n > kManyUnits) {
    return tail;
  }
  const auto units = static_cast<double>(n);
  const double t = normal_quantile(tail) * std::sqrt((units - 1) / units);
  return student_t_cdf(t, static_cast<int>(n) - 1);
}

Interval bootstrap_interval(std::span<const double> values, Statistic statistic,
                            const BootstrapOptions& options) {
  const std::vector<double> distribution = bootstrap_distribution(values, statistic, options);
  const double tail = expanded_tail(options.confidence, values.size());
  return {.low = quantile_sorted(distribution, tail),
          .high = quantile_sorted(distribution, 1 - tail)};
}

}  // namespace assay::stats
