#include <gtest/gtest.h>

#include <harness/stats/binomial.h>
#include <harness/stats/mcnemar.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

TEST(Binomial, DistributionAgreesWithScipy) {
  for (const auto& row : vectors().at("binomial_cdf")) {
    const double expected = row.at(3);
    EXPECT_NEAR(binomial_cdf(row.at(0), row.at(1), row.at(2)), expected, 1e-11 * expected) << row;
  }
}

TEST(Binomial, AllTrialsAreAtMostAllTrials) { EXPECT_EQ(binomial_cdf(5, 5, 0.3), 1); }

TEST(McNemar, AgreesWithScipy) {
  for (const auto& row : vectors().at("mcnemar")) {
    const double expected = row.at(2);
    EXPECT_NEAR(mcnemar_p_value(row.at(0), row.at(1)), expected, 1e-12 * expected) << row;
    EXPECT_EQ(mcnemar_p_value(row.at(0), row.at(1)), mcnemar_p_value(row.at(1), row.at(0))) << row;
  }
}

TEST(McNemar, NoFlipsTellNothing) { EXPECT_EQ(mcnemar_p_value(0, 0), 1); }

}  // namespace
}  // namespace assay::stats
