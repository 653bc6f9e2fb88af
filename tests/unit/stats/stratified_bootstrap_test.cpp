#include <vector>

#include <gtest/gtest.h>

#include <harness/stats/stratified_bootstrap.h>

namespace assay::stats {
namespace {

Stratum stratum(std::vector<double> differences) {
  const std::size_t count = differences.size();
  return {.differences = std::move(differences), .weights = std::vector<double>(count, 1.0)};
}

std::vector<double> alternating(double centre, double spread, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = centre + (i % 2 == 0 ? spread : -spread);
  }
  return values;
}

TEST(StratifiedBootstrap, TheIntervalOfOneGroupIsThatOfItsMean) {
  // The mean of n values of +-s around c: c +- 1.96 s / sqrt(n).
  const std::vector<Stratum> strata{stratum(alternating(2, 1, 400))};
  const Interval interval = stratified_interval(strata, {.resamples = 4000});
  EXPECT_NEAR(interval.low, 2 - 1.96 / 20, 0.01);
  EXPECT_NEAR(interval.high, 2 + 1.96 / 20, 0.01);
}

TEST(StratifiedBootstrap, DifferencesBetweenGroupsDoNotWidenIt) {
  const std::vector<Stratum> strata{stratum(std::vector<double>(50, 1.0)),
                                    stratum(std::vector<double>(50, 5.0))};
  EXPECT_EQ(stratified_interval(strata, {}), (Interval{3, 3}));
}

TEST(StratifiedBootstrap, EachGroupCountsAlikeHoweverManyUnitsItHas) {
  const std::vector<Stratum> strata{stratum(std::vector<double>(2, 0.0)),
                                    stratum(std::vector<double>(1000, 1.0))};
  EXPECT_EQ(stratified_interval(strata, {}), (Interval{0.5, 0.5}));
}

TEST(StratifiedBootstrap, WeightsMakeItADifferenceOfRates) {
  // One more error in each utterance of 4 words: a word error rate higher by a quarter.
  const std::vector<Stratum> strata{
      {.differences = std::vector<double>(30, 1.0), .weights = std::vector<double>(30, 4.0)}};
  EXPECT_EQ(stratified_interval(strata, {}), (Interval{0.25, 0.25}));
}

TEST(StratifiedBootstrap, UnitsWithoutWeightAddNothing) {
  const std::vector<Stratum> strata{{.differences = {0, 0, 0}, .weights = {0, 0, 0}}};
  EXPECT_EQ(stratified_interval(strata, {}), (Interval{0, 0}));
}

}  // namespace
}  // namespace assay::stats
