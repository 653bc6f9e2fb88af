#include <cmath>

#include <gtest/gtest.h>

#include <harness/stats/step_detection.h>
#include <harness/stats/summary.h>
#include <tests/unit/stats/simulation.h>

namespace assay::stats {
namespace {

/// Normal noise of standard deviation 1 around the given levels.
std::vector<double> noisy(const std::vector<std::pair<double, std::size_t>>& levels,
                          std::uint32_t seed = 1) {
  std::mt19937 generator(seed);
  std::vector<double> values;
  for (const auto& [level, count] : levels) {
    for (const double noise : white_noise(generator, count)) {
      values.push_back(level + noise);
    }
  }
  return values;
}

TEST(StepDetection, FindsWhereTheLevelChanged) {
  const std::vector<Step> steps = find_steps(noisy({{100, 40}, {106, 60}, {102, 50}}));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_NEAR(static_cast<double>(steps[0].first), 40, 1);
  EXPECT_NEAR(steps[0].before, 100, 0.6);
  EXPECT_NEAR(steps[0].after, 106, 0.6);
  EXPECT_NEAR(steps[0].size, 6 / 0.8, 1.5);  // the mean deviation of normal noise is 0.8
  EXPECT_NEAR(static_cast<double>(steps[1].first), 100, 1);
}

/// Sum of distances from the median.
double spread(std::vector<double> values) {
  const double center = median_in_place(values);
  double sum = 0;
  for (const double value : values) {
    sum += std::fabs(value - center);
  }
  return sum;
}

/// Where a history splits best into two levels, by trying every place.
std::size_t best_split(const std::vector<double>& values) {
  std::size_t best = 0;
  double least = spread(values);
  for (std::size_t at = 2; at + 2 <= values.size(); ++at) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(at);
    const double both = spread({values.begin(), middle}) + spread({middle, values.end()});
    if (both < least) {
      least = both;
      best = at;
    }
  }
  return best;
}

TEST(StepDetection, ASingleStepIsTheBestOfAllSplits) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const std::vector<double> values = noisy({{100, 15 + seed % 7}, {104, 20}}, seed);
    const std::vector<Step> steps = find_steps(values);
    ASSERT_LE(steps.size(), 1U) << seed;
    if (!steps.empty()) {
      EXPECT_EQ(steps[0].first, best_split(values)) << seed;
    }
  }
}

TEST(StepDetection, FindsAStepOfTwoDeviationsInEveryHistory) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const std::vector<Step> steps = find_steps(noisy({{100, 60}, {102, 60}}, seed));
    ASSERT_EQ(steps.size(), 1U) << seed;
    EXPECT_NEAR(static_cast<double>(steps[0].first), 60, 8) << seed;
  }
}

TEST(StepDetection, WhiteNoiseHasHardlyAnySteps) {
  std::size_t steps = 0;
  for (std::uint32_t seed = 0; seed < 25; ++seed) {
    steps += find_steps(noisy({{0, 1000}}, seed)).size();
  }
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    steps += find_steps(noisy({{0, 40}}, 1000 + seed)).size();
  }
  EXPECT_LE(steps, 5U);
}

TEST(StepDetection, OutliersAreNoSteps) {
  std::vector<double> values = noisy({{100, 200}});
  for (const std::size_t index : {0U, 7U, 50U, 120U, 199U}) {
    values[index] += 80;
  }
  EXPECT_TRUE(find_steps(values).empty());
}

TEST(StepDetection, OutliersDoNotHideAStep) {
  std::vector<double> values = noisy({{100, 100}, {106, 100}});
  for (const std::size_t index : {7U, 50U, 120U}) {
    values[index] += 80;
  }
  const std::vector<Step> steps = find_steps(values);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_NEAR(static_cast<double>(steps[0].first), 100, 1);
}

TEST(StepDetection, ExactFiguresStepWhereTheyChange) {
  const std::vector<Step> steps =
      find_steps(std::vector<double>{2309384712, 2309384712, 2309384712, 2309384712, 2309384716,
                                     2309384716, 2309384716, 2309384716});
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].first, 4U);
  EXPECT_EQ(steps[0].before, 2309384712);
  EXPECT_EQ(steps[0].after, 2309384716);
}

TEST(StepDetection, FiguresThatFlickerBetweenTwoTicksHaveNoSteps) {
  std::vector<double> values;
  std::mt19937 generator(4);
  for (int i = 0; i < 300; ++i) {
    values.push_back(80 + static_cast<double>(generator() % 2));
  }
  EXPECT_TRUE(find_steps(values).empty());
}

TEST(StepDetection, EqualFiguresHaveNoSteps) {
  EXPECT_TRUE(find_steps(std::vector<double>(50, 3.0)).empty());
}

TEST(StepDetection, ThreeValuesAreNoHistory) {
  EXPECT_TRUE(find_steps(std::vector<double>{1, 1, 9}).empty());
  EXPECT_TRUE(find_steps({}).empty());
}

}  // namespace
}  // namespace assay::stats
