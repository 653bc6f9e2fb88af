#include <algorithm>

#include <gtest/gtest.h>

#include <harness/stats/bca.h>
#include <harness/stats/hodges_lehmann.h>
#include <harness/stats/quantile.h>
#include <harness/stats/summary.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

double trimmed_mean(std::span<double> values) { return trimmed_mean_in_place(values, 0.2); }

Statistic bca_statistic(const nlohmann::json& vector) {
  if (vector.at("statistic") == "hodges_lehmann") {
    return hodges_lehmann_in_place;
  }
  return vector.at("statistic") == "trimmed_mean" ? trimmed_mean : mean_in_place;
}

BcaDistribution bootstrap_of(const nlohmann::json& vector, std::size_t resamples) {
  const Statistic statistic = bca_statistic(vector);
  std::vector<double> values = values_of(vector);
  std::vector<double> left_out;
  for (std::size_t out = 0; out < values.size(); ++out) {
    std::vector<double> others = values;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(out));
    left_out.push_back(statistic(others));
  }
  auto distribution = bootstrap_distribution(values, statistic, {.resamples = resamples});
  return make_bca(statistic(values), std::move(distribution), left_out);
}

TEST(Bca, EndsAgreeWithScipy) {
  for (const auto& vector : vectors().at("scipy_bca")) {
    const BcaDistribution bootstrap = bootstrap_of(vector, 50000);
    const Interval interval = bca_interval(bootstrap, 0.025);
    const double low = vector.at("low");
    const double high = vector.at("high");
    EXPECT_NEAR(interval.low, low, 0.015 * (high - low)) << vector.at("name");
    EXPECT_NEAR(interval.high, high, 0.015 * (high - low)) << vector.at("name");
    EXPECT_NEAR(stdev(bootstrap.distribution), vector.at("standard_error").get<double>(),
                0.005 * (high - low))
        << vector.at("name");
  }
}

TEST(Bca, SkewMovesTheInterval) {
  const BcaDistribution bootstrap = bootstrap_of(vectors().at("scipy_bca").at(0), 20000);
  const Interval interval = bca_interval(bootstrap, 0.025);
  EXPECT_GT(interval.low, quantile_sorted(bootstrap.distribution, 0.025));
  EXPECT_GT(interval.high, quantile_sorted(bootstrap.distribution, 0.975));
}

TEST(Bca, TailIsTheOneWhoseIntervalEndsAtTheValue) {
  const BcaDistribution bootstrap = bootstrap_of(vectors().at("scipy_bca").at(0), 20000);
  for (const double tail : {0.005, 0.025, 0.2}) {
    const Interval interval = bca_interval(bootstrap, tail);
    EXPECT_NEAR(bca_tail(bootstrap, interval.low), tail, 0.01 * tail + 2e-4);
    EXPECT_NEAR(bca_tail(bootstrap, interval.high), tail, 0.01 * tail + 2e-4);
  }
}

TEST(Bca, AnEstimateBesideAllResamplesGivesThePercentileInterval) {
  const std::vector<double> jackknife{1, 2, 9};
  const BcaDistribution bootstrap = make_bca(0.5, {1, 2, 3, 4, 5}, jackknife);
  EXPECT_EQ(bca_interval(bootstrap, 0.25), (Interval{2, 4}));
}

TEST(Bca, ValuesBeyondAllResamplesHaveTheLeastTail) {
  const std::vector<double> jackknife{2, 3, 4};
  const BcaDistribution bootstrap = make_bca(3, {1, 2, 3, 4, 5}, jackknife);
  EXPECT_NEAR(bca_tail(bootstrap, -1), 0.5 / 6, 1e-12);
  EXPECT_NEAR(bca_tail(bootstrap, 9), 0.5 / 6, 1e-12);
}

TEST(Bca, StrongAccelerationEndsAtTheLastResample) {
  const BcaDistribution bootstrap{
      .estimate = 3, .distribution = {1, 2, 3, 4, 5}, .acceleration = 0.6};
  EXPECT_EQ(bca_interval(bootstrap, 0.025).high, 5);
}

}  // namespace
}  // namespace assay::stats
