#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <harness/stats/quantile.h>
#include <harness/stats/student_t.h>
#include <harness/stats/summary.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

/// Equal to 12 digits; the sums are made in another order than NumPy's.
void expect_close(double actual, double expected, const std::string& what) {
  EXPECT_NEAR(actual, expected, 1e-12 * std::max(1.0, std::fabs(expected))) << what;
}

TEST(Summary, MeanStdevAndMedianAgreeWithNumpy) {
  for (const auto& vector : vectors().at("summaries")) {
    std::vector<double> values = values_of(vector);
    const std::string name = vector.at("name");
    expect_close(mean(values), vector.at("mean"), name);
    expect_close(stdev(values), vector.at("stdev"), name);
    expect_close(median_in_place(values), vector.at("median"), name);
  }
}

TEST(Summary, QuantilesAgreeWithNumpy) {
  for (const auto& vector : vectors().at("summaries")) {
    std::vector<double> values = values_of(vector);
    std::sort(values.begin(), values.end());
    for (const auto& row : vector.at("quantiles")) {
      expect_close(quantile_sorted(values, row.at(0)), row.at(1), vector.at("name"));
    }
  }
}

TEST(Summary, TrimmedMeanAgreesWithScipy) {
  for (const auto& vector : vectors().at("robust")) {
    for (const auto& row : vector.at("trimmed_means")) {
      std::vector<double> values = values_of(vector);
      expect_close(trimmed_mean_in_place(values, row.at(0)), row.at(1), vector.at("name"));
    }
  }
}

TEST(Summary, DeviationsAgreeWithScipy) {
  for (const auto& vector : vectors().at("robust")) {
    const std::vector<double> values = values_of(vector);
    const std::string name = vector.at("name");
    expect_close(median_absolute_deviation(values), vector.at("mad"), name);
    expect_close(median_absolute_deviation(values, kNormalConsistent), vector.at("mad_normal"),
                 name);
    expect_close(coefficient_of_variation(values), vector.at("cv"), name);
  }
}

TEST(StudentT, DistributionAgreesWithScipy) {
  for (const auto& row : vectors().at("t_cdf")) {
    EXPECT_NEAR(student_t_cdf(row.at(0), row.at(1)), row.at(2).get<double>(), 1e-12) << row;
  }
}

TEST(StudentT, QuantilesAgreeWithScipy) {
  for (const auto& row : vectors().at("t_quantile")) {
    const double expected = row.at(2);
    EXPECT_NEAR(student_t_quantile(row.at(0), row.at(1)), expected,
                1e-9 * std::max(1.0, std::fabs(expected)))
        << row;
  }
}

TEST(Normal, DistributionAgreesWithScipy) {
  for (const auto& row : vectors().at("normal_cdf")) {
    EXPECT_NEAR(normal_cdf(row.at(0)), row.at(1).get<double>(), 1e-14) << row;
  }
}

TEST(Normal, QuantilesAgreeWithScipy) {
  for (const auto& row : vectors().at("normal_quantile")) {
    expect_close(normal_quantile(row.at(0)), row.at(1), row.dump());
  }
}

TEST(SummaryDeathTest, OfNothingThereIsNoMeanAndNoMedian) {
  std::vector<double> none;
  EXPECT_DEATH((void)mean(none), "values.empty");
  EXPECT_DEATH((void)median_in_place(none), "values.empty");
}

TEST(QuantileDeathTest, ValuesThatAreNotSortedAreRefused) {
  const std::vector<double> values{1, 3, 2};
  EXPECT_DEATH((void)quantile_sorted(values, 0.5), "is_sorted");
}

TEST(QuantileDeathTest, APercentageIsNoShare) {
  const std::vector<double> values{1, 2, 3};
  EXPECT_DEATH((void)quantile_sorted(values, 50), "q <= 1");
}

}  // namespace
}  // namespace assay::stats
