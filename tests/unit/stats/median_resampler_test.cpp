#include <algorithm>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

#include <harness/stats/bootstrap.h>
#include <harness/stats/median_resampler.h>
#include <harness/stats/quantile.h>
#include <harness/stats/summary.h>

namespace assay::stats {
namespace {

/// How often each median is drawn from 0, 1, 4, 9, ...: squares, so that every pair of the two
/// middle values has a median of its own.
std::map<double, double> drawn_shares(std::size_t n, std::size_t draws) {
  std::vector<double> squares(n);
  for (std::size_t i = 0; i < n; ++i) {
    squares[i] = static_cast<double>(i * i);
  }
  const MedianResampler resampler(n);
  std::mt19937 generator(1);
  std::map<double, double> shares;
  for (std::size_t i = 0; i < draws; ++i) {
    shares[resampler.draw(squares, generator)] += 1 / static_cast<double>(draws);
  }
  return shares;
}

/// The same of all n^n resamples.
std::map<double, double> exact_shares(std::size_t n) {
  std::map<double, double> shares;
  double all = 1;
  for (std::size_t i = 0; i < n; ++i) {
    all *= static_cast<double>(n);
  }
  for (std::size_t code = 0; code < static_cast<std::size_t>(all); ++code) {
    std::vector<double> resample;
    for (std::size_t rest = code, i = 0; i < n; ++i, rest /= n) {
      resample.push_back(static_cast<double>((rest % n) * (rest % n)));
    }
    shares[median_in_place(resample)] += 1 / all;
  }
  return shares;
}

TEST(MedianResampler, DrawsEachMedianAsOftenAsAllResamplesDo) {
  for (const std::size_t n : {1U, 2U, 3U, 4U, 5U, 6U}) {
    std::map<double, double> drawn = drawn_shares(n, 400000);
    const std::map<double, double> exact = exact_shares(n);
    for (const auto& [median, share] : exact) {
      EXPECT_NEAR(drawn[median], share, 0.003) << n << " " << median;
    }
    EXPECT_EQ(drawn.size(), exact.size()) << n;
  }
}

TEST(MedianResampler, AgreesWithDrawnResamplesOfManyValues) {
  for (const std::size_t n : {20U, 81U, 1000U}) {
    std::vector<double> values(n);
    std::iota(values.begin(), values.end(), 0.0);
    const auto expected = bootstrap_distribution(values, median_in_place, {.resamples = 20000});
    const MedianResampler resampler(n);
    std::mt19937 generator(2);
    std::vector<double> drawn(20000);
    for (double& median : drawn) {
      median = resampler.draw(values, generator);
    }
    std::sort(drawn.begin(), drawn.end());
    for (const double q : {0.025, 0.25, 0.5, 0.75, 0.975}) {
      EXPECT_NEAR(quantile_sorted(drawn, q), quantile_sorted(expected, q),
                  0.06 * stdev(expected) + 0.5)
          << n << " " << q;
    }
  }
}

}  // namespace
}  // namespace assay::stats
