#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include <harness/stats/independent_bootstrap.h>

namespace assay::stats {
namespace {

/// The inverse of the normal distribution, roughly: the sum of twelve uniform numbers.
double draw_normal(std::mt19937& generator) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) {
    sum += static_cast<double>(generator()) / 4294967296.0;
  }
  return sum;
}

std::vector<std::vector<double>> draw_side(std::mt19937& generator, std::size_t sets, double mean,
                                           double sd) {
  std::vector<std::vector<double>> side(sets);
  for (std::vector<double>& blocks : side) {
    const double bias = mean + sd * draw_normal(generator);
    for (int block = 0; block < 4; ++block) {
      blocks.push_back(bias + 0.2 * sd * draw_normal(generator));
    }
  }
  return side;
}

TEST(IndependentBootstrap, TheIntervalHoldsTheDifferenceAboutAsOftenAsItSays) {
  std::mt19937 generator(5);
  constexpr int kTrials = 400;
  int held = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto a = draw_side(generator, 8, 0, 0.02);
    const auto b = draw_side(generator, 8, 0.5, 0.05);
    const Interval interval =
        independent_bootstrap(a, b, {.resamples = 1000, .seed = 1}).interval(0.95);
    held += interval.low <= 0.5 && 0.5 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(held, kTrials * 93 / 100);
  EXPECT_LT(held, kTrials);
}

TEST(IndependentBootstrap, NothingCancelsBetweenTheSides) {
  std::mt19937 generator(6);
  const auto side = draw_side(generator, 10, 0, 0.02);
  const Interval interval = independent_bootstrap(side, side, {.resamples = 1000}).interval(0.95);
  EXPECT_LT(interval.low, -0.005);
  EXPECT_GT(interval.high, 0.005);
}

TEST(IndependentBootstrap, IsTheSameForTheSameSeed) {
  std::mt19937 generator(7);
  const auto a = draw_side(generator, 6, 0, 0.02);
  const auto b = draw_side(generator, 7, 0.1, 0.02);
  const IndependentBootstrap first = independent_bootstrap(a, b, {.resamples = 500, .seed = 3});
  EXPECT_EQ(first.distribution,
            independent_bootstrap(a, b, {.resamples = 500, .seed = 3}).distribution);
  EXPECT_EQ(first.fewest, 6U);
}

}  // namespace
}  // namespace assay::stats
