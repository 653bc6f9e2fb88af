#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include <harness/stats/quantile_interval.h>

namespace assay::stats {
namespace {

/// 1, 2, ..., count: the value of an order statistic is its rank.
std::vector<double> ranks(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(QuantileInterval, TheRanksAreThoseOfTheBinomialTable) {
  // Conover's table: a median of 20 lies between the 6th and the 15th, of 10 between 2nd and 9th.
  EXPECT_EQ(quantile_interval(ranks(20), 0.5, 0.95).interval, (Interval{6, 15}));
  EXPECT_EQ(quantile_interval(ranks(10), 0.5, 0.95).interval, (Interval{2, 9}));
  EXPECT_EQ(quantile_interval(ranks(1000), 0.95, 0.95).interval, (Interval{936, 964}));
}

TEST(QuantileInterval, AP95NeedsSeventyTwoSamplesForAnUpperEnd) {
  EXPECT_TRUE(std::isinf(quantile_interval(ranks(71), 0.95, 0.95).interval.high));
  EXPECT_EQ(quantile_interval(ranks(72), 0.95, 0.95).interval.high, 72);
}

TEST(QuantileInterval, OneSampleBoundsNothing) {
  const QuantileEstimate one = quantile_interval(ranks(1), 0.95, 0.95);
  EXPECT_EQ(one.value, 1);
  EXPECT_TRUE(std::isinf(one.interval.low));
  EXPECT_TRUE(std::isinf(one.interval.high));
}

}  // namespace
}  // namespace assay::stats
