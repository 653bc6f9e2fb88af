#include <gtest/gtest.h>

#include <harness/stats/bootstrap.h>
#include <harness/stats/quantile.h>
#include <harness/stats/summary.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

Statistic statistic_of(const nlohmann::json& vector) {
  return vector.at("statistic") == "median" ? median_in_place : mean_in_place;
}

TEST(Bootstrap, ConvergesToTheExactDistributionOfAllResamples) {
  for (const auto& vector : vectors().at("exact_bootstrap")) {
    const std::vector<double> values = values_of(vector);
    const BootstrapOptions options{.resamples = 200000};
    const std::vector<double> distribution =
        bootstrap_distribution(values, statistic_of(vector), options);
    const double width = vector.at("high").get<double>() - vector.at("low").get<double>();
    const double quarter_steps[] = {0.25, 0.5, 0.75};
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(quantile_sorted(distribution, quarter_steps[i]),
                  vector.at("quartiles").at(i).get<double>(), 0.02 * width);
    }
    const Interval interval = bootstrap_interval(values, statistic_of(vector), options);
    EXPECT_NEAR(interval.low, vector.at("low").get<double>(), 0.02 * width);
    EXPECT_NEAR(interval.high, vector.at("high").get<double>(), 0.02 * width);
  }
}

TEST(Bootstrap, AgreesWithScipyWhenTheUnitsAreMany) {
  for (const auto& vector : vectors().at("scipy_bootstrap")) {
    const Interval interval =
        bootstrap_interval(values_of(vector), statistic_of(vector), {.resamples = 50000});
    const double low = vector.at("low");
    const double high = vector.at("high");
    // SciPy does not expand the tails: ours may be wider by a few percent of the width.
    EXPECT_NEAR(interval.low, low, 0.06 * (high - low));
    EXPECT_NEAR(interval.high, high, 0.06 * (high - low));
  }
}

TEST(Bootstrap, TailsOfFewUnitsAreThoseOfHesterberg) {
  for (const auto& vector : vectors().at("exact_bootstrap")) {
    EXPECT_NEAR(expanded_tail(0.95, vector.at("values").size()), vector.at("tail").get<double>(),
                1e-9);
  }
  EXPECT_NEAR(expanded_tail(0.95, 1000), 0.025, 3e-4);
  EXPECT_EQ(expanded_tail(0.95, 1001), (1 - 0.95) / 2);
}

TEST(Bootstrap, NominalTailUndoesTheExpansion) {
  for (const std::size_t units : {4U, 7U, 40U, 1000U, 1001U}) {
    for (const double confidence : {0.5, 0.95, 0.999}) {
      EXPECT_NEAR(nominal_tail(expanded_tail(confidence, units), units), (1 - confidence) / 2, 1e-9)
          << units;
    }
  }
}

TEST(Bootstrap, CountedMediansAreThoseOfTheResamplesThemselves) {
  const Statistic selected = [](std::span<double> values) { return median_in_place(values); };
  const std::vector<double> odd{1.5, 4, 2.25, 8, 5, 7, 2.25};
  const std::vector<double> even{0.5, -4, 2.25, 8, 5, 7};
  for (const auto& values : {odd, even, std::vector<double>{3}}) {
    const BootstrapOptions options{.resamples = 500};
    EXPECT_EQ(bootstrap_distribution(values, median_in_place, options),
              bootstrap_distribution(values, selected, options));
  }
}

TEST(Bootstrap, TheSameSeedGivesTheSameInterval) {
  const std::vector<double> values{1, 4, 2, 8, 5, 7};
  const BootstrapOptions options{.seed = 9};
  EXPECT_EQ(bootstrap_interval(values, mean_in_place, options),
            bootstrap_interval(values, mean_in_place, options));
}

TEST(Bootstrap, AnotherSeedGivesAnotherInterval) {
  const std::vector<double> values{1.13, 4.7, 2.9, 8.01, 5.3, 7.7};
  EXPECT_NE(bootstrap_interval(values, mean_in_place, {.seed = 9}),
            bootstrap_interval(values, mean_in_place, {.seed = 10}));
}

TEST(Bootstrap, EqualValuesGiveAnIntervalWithoutWidth) {
  const std::vector<double> values(7, 0.25);
  EXPECT_EQ(bootstrap_interval(values, median_in_place, {}), (Interval{0.25, 0.25}));
}

TEST(BootstrapDeathTest, OneValueHasNoInterval) {
  const std::vector<double> one{1};
  EXPECT_DEATH((void)bootstrap_interval(one, mean_in_place, {}), "n >= 2");
}

}  // namespace
}  // namespace assay::stats
