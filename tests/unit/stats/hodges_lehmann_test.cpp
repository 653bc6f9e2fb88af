#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include <harness/stats/hodges_lehmann.h>
#include <harness/stats/summary.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

/// Small whole numbers make many ties, and even counts need two middle entries.
std::vector<double> whole_numbers(std::mt19937& generator, std::size_t count) {
  std::vector<double> values(count);
  for (double& value : values) {
    value = static_cast<double>(generator() % 20);
  }
  return values;
}

TEST(HodgesLehmann, ShiftIsTheMedianOfAllDifferences) {
  for (const auto& vector : vectors().at("two_samples")) {
    EXPECT_NEAR(hodges_lehmann_shift(values_of(vector, "x"), values_of(vector, "y")),
                vector.at("shift").get<double>(), 1e-12)
        << vector.at("name");
  }
}

TEST(HodgesLehmann, LocationIsTheMedianOfTheWalshAverages) {
  for (const auto& vector : vectors().at("robust")) {
    std::vector<double> values = values_of(vector);
    EXPECT_NEAR(hodges_lehmann_in_place(values), vector.at("walsh_median").get<double>(), 1e-12)
        << vector.at("name");
  }
}

TEST(HodgesLehmann, TiesAndEvenCountsAgreeWithBruteForce) {
  std::mt19937 generator(3);
  for (int repeat = 0; repeat < 300; ++repeat) {
    std::vector<double> x = whole_numbers(generator, 1 + generator() % 60);
    const std::vector<double> y = whole_numbers(generator, 1 + generator() % 60);
    std::vector<double> differences;
    std::vector<double> averages;
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (const double value : y) {
        differences.push_back(value - x[i]);
      }
      for (std::size_t j = i; j < x.size(); ++j) {
        averages.push_back((x[i] + x[j]) / 2);
      }
    }
    ASSERT_EQ(hodges_lehmann_shift(x, y), median_in_place(differences)) << repeat;
    ASSERT_EQ(hodges_lehmann_in_place(x), median_in_place(averages)) << repeat;
  }
}

TEST(HodgesLehmann, EqualValuesLeaveNothingToHalve) {
  std::vector<double> values(500, 2.5);
  EXPECT_EQ(hodges_lehmann_shift(values, values), 0);
  EXPECT_EQ(hodges_lehmann_in_place(values), 2.5);
}

TEST(HodgesLehmann, TenThousandMillionDifferencesNeedNoTable) {
  std::vector<double> x(100000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<double>(i * i % 100003);
  }
  std::vector<double> y = x;
  for (double& value : y) {
    value += 0.25;
  }
  EXPECT_EQ(hodges_lehmann_shift(x, y), 0.25);
}

}  // namespace
}  // namespace assay::stats
