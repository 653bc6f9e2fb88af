#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <harness/stats/hierarchical_bootstrap.h>
#include <harness/stats/hodges_lehmann.h>
#include <harness/stats/summary.h>
#include <tests/unit/stats/simulation.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

constexpr PairLocation kLocations[] = {PairLocation::kMedian, PairLocation::kTrimmedMean,
                                       PairLocation::kHodgesLehmann};

/// Student's t with 3 degrees of freedom, scaled to a standard deviation of 1: heavy tails.
double heavy_tailed(std::mt19937& generator) {
  double squares = 0;
  for (int i = 0; i < 3; ++i) {
    const double value = normal(generator);
    squares += value * value;
  }
  return normal(generator) / std::sqrt(squares);
}

/// Pairs as measured: a bias of 1.6 % each, and blocks that scatter by 2 % within.
std::vector<std::vector<double>> make_pairs(std::mt19937& generator, std::size_t pairs,
                                            std::size_t blocks, double effect = 0) {
  std::vector<std::vector<double>> result(pairs, std::vector<double>(blocks));
  for (auto& pair : result) {
    const double bias = 0.016 * heavy_tailed(generator);
    for (double& block : pair) {
      block = effect + bias + 0.02 * normal(generator);
    }
  }
  return result;
}

double coverage(PairLocation location, std::size_t pairs, std::size_t repeats) {
  std::mt19937 generator(17);
  std::size_t covered = 0;
  for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
    const auto data = make_pairs(generator, pairs, 8, 0.01);
    const auto seed = static_cast<std::uint32_t>(repeat);
    const Interval interval =
        hierarchical_bootstrap(data, {.location = location, .resamples = 300, .seed = seed})
            .interval(0.95);
    covered += interval.low <= 0.01 && 0.01 <= interval.high ? 1 : 0;
  }
  return static_cast<double>(covered) / static_cast<double>(repeats);
}

TEST(HierarchicalBootstrap, TwelvePairsCoverTheTruthAsOftenAsPromised) {
  for (const PairLocation location : kLocations) {
    EXPECT_GE(coverage(location, 12, 400), 0.92) << static_cast<int>(location);
  }
}

TEST(HierarchicalBootstrap, FortyPairsCoverTheTruthAsOftenAsPromised) {
  for (const PairLocation location : kLocations) {
    EXPECT_GE(coverage(location, 40, 200), 0.92) << static_cast<int>(location);
  }
}

TEST(HierarchicalBootstrap, UnchangedCodeIsRarelySignificant) {
  std::mt19937 generator(23);
  int below = 0;
  for (std::uint32_t repeat = 0; repeat < 400; ++repeat) {
    const auto pairs = make_pairs(generator, 16, 6);
    below += hierarchical_bootstrap(pairs, {.resamples = 500, .seed = repeat}).p_value() < 0.05;
  }
  EXPECT_LE(below, 0.08 * 400);
  EXPECT_GE(below, 0.005 * 400);  // nor is the test asleep
}

TEST(HierarchicalBootstrap, EstimateIsTheLocationOfThePairMedians) {
  const std::vector<std::vector<double>> pairs{{1, 9, 2}, {3, 3}, {4, 5}, {100}, {0, 1}};
  std::vector<double> medians{2, 3, 4.5, 100, 0.5};
  const auto estimate = [&](PairLocation location) {
    return hierarchical_bootstrap(pairs, {.location = location, .resamples = 10}).effects.estimate;
  };
  EXPECT_EQ(estimate(PairLocation::kMedian), 3);
  EXPECT_EQ(estimate(PairLocation::kTrimmedMean), (2 + 3 + 4.5) / 3);
  EXPECT_EQ(estimate(PairLocation::kHodgesLehmann), hodges_lehmann_in_place(medians));
}

TEST(HierarchicalBootstrap, AccelerationLeavesOutOnePairAtATime) {
  const std::vector<std::vector<double>> pairs{{0}, {1, 1, 1}, {5}};
  // Without each: medians 3, 2.5 and 0.5, so the distances from their mean are -1, -0.5 and 1.5.
  const double expected = (-1 - 0.125 + 3.375) / (6 * std::pow(1 + 0.25 + 2.25, 1.5));
  const auto bootstrap = hierarchical_bootstrap(pairs, {.location = PairLocation::kMedian});
  EXPECT_NEAR(bootstrap.effects.acceleration, expected, 1e-12);
}

TEST(HierarchicalBootstrap, BlocksDoNotStandInForPairs) {
  std::mt19937 generator(5);
  const double few = hierarchical_bootstrap(make_pairs(generator, 10, 4), {}).standard_error();
  const double longer = hierarchical_bootstrap(make_pairs(generator, 10, 200), {}).standard_error();
  EXPECT_GT(longer, few / 4);  // 50 times as many blocks, if they counted, would give a seventh
}

TEST(HierarchicalBootstrap, PairsWithoutSpreadAreThoseOfTheOrdinaryBootstrap) {
  // Single blocks leave one level only, so the distribution is that of resampled pairs.
  const auto& vector = vectors().at("scipy_bca").at(2);
  std::vector<std::vector<double>> pairs;
  for (const double value : values_of(vector)) {
    pairs.push_back({value});
  }
  const HierarchicalBootstrap bootstrap = hierarchical_bootstrap(pairs, {.resamples = 50000});
  const double low = vector.at("low");
  const double high = vector.at("high");
  const Interval interval = bca_interval(bootstrap.effects, 0.025);
  EXPECT_NEAR(interval.low, low, 0.015 * (high - low));
  EXPECT_NEAR(interval.high, high, 0.015 * (high - low));
  // The tails are expanded: wider, but for 31 pairs not by much.
  EXPECT_LT(bootstrap.interval(0.95).low, interval.low);
  EXPECT_NEAR(bootstrap.interval(0.95).low, low, 0.1 * (high - low));
}

TEST(HierarchicalBootstrap, PValueIsTheConfidenceAtWhichTheIntervalTouchesZero) {
  std::mt19937 generator(8);
  for (const double effect : {0.004, -0.006, 0.01}) {
    const auto pairs = make_pairs(generator, 14, 6, effect);
    const HierarchicalBootstrap bootstrap = hierarchical_bootstrap(pairs, {});
    const double p = bootstrap.p_value();
    const Interval wider = bootstrap.interval(1 - p * 0.98 + 2e-4);
    const Interval narrower = bootstrap.interval(1 - p * 1.02 - 2e-4);
    EXPECT_TRUE(wider.low <= 0 && 0 <= wider.high) << effect;
    EXPECT_FALSE(narrower.low <= 0 && 0 <= narrower.high) << effect;
  }
}

TEST(HierarchicalBootstrap, AClearEffectHasTheLeastPValueInEitherDirection) {
  std::mt19937 generator(9);
  for (const std::size_t count : {8U, 40U}) {
    for (const double effect : {0.3, -0.3}) {
      const auto pairs = make_pairs(generator, count, 6, effect);
      EXPECT_EQ(hierarchical_bootstrap(pairs, {}).p_value(), 1.0 / 10001) << count;
    }
  }
}

TEST(HierarchicalBootstrap, SixPairsOfOneSignProveLittle) {
  const std::vector<std::vector<double>> pairs{{0.01}, {0.02}, {0.03}, {0.04}, {0.05}, {0.06}};
  const double p = hierarchical_bootstrap(pairs, {}).p_value();
  EXPECT_GT(p, 0.002);
  EXPECT_LT(p, 0.05);
}

TEST(HierarchicalBootstrap, EqualEffectsGiveAnIntervalWithoutWidth) {
  const std::vector<std::vector<double>> pairs(8, {0.25, 0.25, 0.25});
  const HierarchicalBootstrap bootstrap = hierarchical_bootstrap(pairs, {});
  EXPECT_EQ(bootstrap.interval(0.95), (Interval{0.25, 0.25}));
  EXPECT_EQ(bootstrap.standard_error(), 0);
  EXPECT_EQ(bootstrap.p_value(), 1.0 / 10001);
}

TEST(HierarchicalBootstrap, TwoPairsGiveTheirWholeRangeAtHighConfidence) {
  const std::vector<std::vector<double>> pairs{{1}, {2}};
  EXPECT_EQ(hierarchical_bootstrap(pairs, {}).interval(0.999), (Interval{1, 2}));
}

TEST(HierarchicalBootstrap, NoEffectAtAllHasPValueOne) {
  const std::vector<std::vector<double>> pairs(8, {0.0, 0.0});
  EXPECT_EQ(hierarchical_bootstrap(pairs, {}).p_value(), 1);
}

TEST(HierarchicalBootstrap, TheSameSeedGivesTheSameDistribution) {
  std::mt19937 generator(10);
  const auto pairs = make_pairs(generator, 9, 5);
  const auto distribution = [&](std::uint32_t seed) {
    return hierarchical_bootstrap(pairs, {.resamples = 100, .seed = seed}).effects.distribution;
  };
  EXPECT_EQ(distribution(1), distribution(1));
  EXPECT_NE(distribution(1), distribution(2));
}

}  // namespace
}  // namespace assay::stats
