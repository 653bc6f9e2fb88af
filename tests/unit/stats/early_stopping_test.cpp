#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include <harness/stats/early_stopping.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

std::vector<double> one_to(std::size_t n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(EarlyStopping, FewestQueriesAreThoseOfMlperf) {
  EXPECT_EQ(min_queries(0.5), 11U);
  EXPECT_EQ(min_queries(0.9), 64U);
  EXPECT_EQ(min_queries(0.95), 130U);
  EXPECT_EQ(min_queries(0.97), 219U);
  EXPECT_EQ(min_queries(0.99), 662U);
  EXPECT_EQ(min_queries(0.999), 6636U);
}

TEST(EarlyStopping, FewestQueriesAgreeWithScipysIncompleteBeta) {
  for (const auto& row : vectors().at("min_queries")) {
    EXPECT_EQ(min_queries(row.at(0), row.at(1), row.at(2)), row.at(3).get<std::uint64_t>()) << row;
  }
}

TEST(EarlyStopping, AllowedSlowerAgreesWithScipysIncompleteBeta) {
  for (const auto& row : vectors().at("allowed_slower")) {
    // 0 in the vectors: too few queries for any.
    EXPECT_EQ(allowed_slower(row.at(0), row.at(1), row.at(2)).value_or(0),
              row.at(3).get<std::uint64_t>())
        << row;
  }
}

TEST(EarlyStopping, AgreesWithTheLogOfLoadGen) {
  // mlcommons/inference #1079 discards 728 of 7914 queries: it reports the 729th largest.
  EXPECT_EQ(allowed_slower(7914, 0.9), 729U);
}

TEST(EarlyStopping, BothDirectionsAgreeForManyRuns) {
  for (const double percentile : {0.5, 0.9, 0.99, 0.999}) {
    for (const std::uint64_t runs : {7000U, 1000000U, 10000000U}) {
      const auto slower = allowed_slower(runs, percentile);
      ASSERT_TRUE(slower.has_value());
      EXPECT_LE(min_queries(percentile, 0.99, *slower), runs);
      EXPECT_GT(min_queries(percentile, 0.99, *slower + 1), runs);
    }
  }
}

TEST(EarlyStopping, ReportsTheAllowedLargestValue) {
  EXPECT_EQ(early_stopping_estimate(one_to(100), 0.9), 98);    // the third largest
  EXPECT_EQ(early_stopping_estimate(one_to(1024), 0.9), 945);  // the eightieth largest
}

TEST(EarlyStopping, TooFewRunsSupportNoPercentile) {
  EXPECT_EQ(early_stopping_estimate(one_to(63), 0.9), std::nullopt);
  EXPECT_EQ(early_stopping_estimate(one_to(64), 0.9), 64);
  EXPECT_EQ(early_stopping_estimate({}, 0.5), std::nullopt);
}

}  // namespace
}  // namespace assay::stats
