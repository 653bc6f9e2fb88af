#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include <harness/base/assert.h>
#include <harness/stats/draw.h>
#include <harness/stats/hierarchical_bootstrap.h>
#include <harness/stats/hodges_lehmann.h>
#include <harness/stats/median_resampler.h>
#include <harness/stats/student_t.h>
#include <harness/stats/summary.h>

namespace assay::stats {
namespace {

/// The share that Wilcox ("Introduction to Robust Estimation") recommends for general use.
constexpr double kTrimmedShare = 0.2;

/// Standard errors beyond which a tail of the normal distribution is too small for a double.
constexpr double kFarthest = 37;

Statistic statistic_of(PairLocation location) {
  switch (location) {
    case PairLocation::kMedian:
      return median_in_place;
    case PairLocation::kTrimmedMean:
      return [](std::span<double> values) { return trimmed_mean_in_place(values, kTrimmedShare); };
    case PairLocation::kHodgesLehmann:
      break;
  }
  return hodges_lehmann_in_place;
}

std::vector<double> resampled_effects(std::span<const std::vector<double>> pairs,
                                      Statistic location, const HierarchicalOptions& options) {
  std::vector<std::vector<double>> sorted(pairs.begin(), pairs.end());
  std::map<std::size_t, MedianResampler> resamplers;  // by number of blocks
  for (std::vector<double>& blocks : sorted) {
    std::sort(blocks.begin(), blocks.end());
    resamplers.try_emplace(blocks.size(), blocks.size());
  }
  std::vector<const MedianResampler*> resampler_of;
  for (const std::vector<double>& blocks : sorted) {
    resampler_of.push_back(&resamplers.at(blocks.size()));
  }
  std::mt19937 generator(options.seed);
  std::vector<double> drawn(pairs.size());
  std::vector<double> effects(options.resamples);
  for (double& effect : effects) {
    for (double& median : drawn) {
      const std::size_t pair = draw_index(generator, sorted.size());
      median = resampler_of[pair]->draw(sorted[pair], generator);
    }
    effect = location(drawn);
  }
  std::sort(effects.begin(), effects.end());
  return effects;
}

/// The statistic with each of the pairs left out in turn.
std::vector<double> jackknife(std::span<const double> pair_medians, Statistic location) {
  std::vector<double> left_out;
  std::vector<double> others;
  for (std::size_t out = 0; out < pair_medians.size(); ++out) {
    others.assign(pair_medians.begin(), pair_medians.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(out));
    left_out.push_back(location(others));
  }
  return left_out;
}

}  // namespace

Interval HierarchicalBootstrap::interval(double confidence) const {
  // The tail of two or three pairs may underflow, and means the whole range then.
  const double tail =
      std::max(expanded_tail(confidence, pairs), std::numeric_limits<double>::min());
  return bca_interval(effects, tail);
}

double HierarchicalBootstrap::standard_error() const { return stdev(effects.distribution); }

double HierarchicalBootstrap::p_value() const {
  double tail = bca_tail(effects, 0);
  if (effects.distribution.front() > 0 || effects.distribution.back() < 0) {
    const double error = standard_error();
    const double z = error > 0 ? std::fabs(effects.estimate) / error : kFarthest;
    tail = std::min(tail, normal_cdf(-std::min(z, kFarthest)));
  }
  const double least = 1 / (static_cast<double>(effects.distribution.size()) + 1);
  return std::clamp(2 * nominal_tail(tail, pairs), least, 1.0);
}

HierarchicalBootstrap hierarchical_bootstrap(std::span<const std::vector<double>> pairs,
                                             const HierarchicalOptions& options) {
  ASSAY_ASSERT(pairs.size() >= 2);
  const Statistic location = statistic_of(options.location);
  std::vector<double> medians;
  for (std::vector<double> blocks : pairs) {
    ASSAY_ASSERT(std::ranges::all_of(blocks, [](double effect) { return std::isfinite(effect); }));
    medians.push_back(median_in_place(blocks));
  }
  const std::vector<double> left_out = jackknife(medians, location);
  const double estimate = location(medians);
  return {.pairs = pairs.size(),
          .effects = make_bca(estimate, resampled_effects(pairs, location, options), left_out)};
}

}  // namespace assay::stats
