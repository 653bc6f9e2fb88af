#include <numeric>

#include <gtest/gtest.h>

#include <harness/stats/mann_whitney.h>
#include <harness/stats/ranks.h>
#include <harness/stats/spearman.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

TEST(Ranks, TiesShareTheirMeanRank) {
  const Ranks ranks = mid_ranks(std::vector<double>{5, 1, 5, 5, 0, 1});
  EXPECT_EQ(ranks.ranks, (std::vector<double>{5, 2.5, 5, 5, 1, 2.5}));
  EXPECT_EQ(ranks.tie_term, 24 + 6);
}

TEST(MannWhitney, AgreesWithScipy) {
  for (const auto& vector : vectors().at("two_samples")) {
    const MannWhitney test = mann_whitney_u(values_of(vector, "x"), values_of(vector, "y"));
    EXPECT_EQ(test.u, vector.at("u").get<double>()) << vector.at("name");
    EXPECT_NEAR(test.p_value, vector.at("p").get<double>(), 1e-13) << vector.at("name");
  }
}

TEST(MannWhitney, SwappingTheSamplesKeepsThePValue) {
  const std::vector<double> x{1, 4, 6, 9};
  const std::vector<double> y{2, 8, 10, 11, 12};
  EXPECT_EQ(mann_whitney_u(x, y).p_value, mann_whitney_u(y, x).p_value);
  EXPECT_EQ(mann_whitney_u(x, y).u + mann_whitney_u(y, x).u, 20);
}

TEST(MannWhitney, TheExactTailOfVeryUnlikeSizesStaysExact) {
  std::vector<double> many(20000);
  std::iota(many.begin(), many.end(), 1.0);
  // One of 20001 equally likely places for the single value below all others.
  EXPECT_NEAR(mann_whitney_u(std::vector<double>{0}, many).p_value, 2.0 / 20001, 1e-18);
}

TEST(Spearman, AgreesWithScipy) {
  for (const auto& vector : vectors().at("spearman")) {
    const auto result = spearman(values_of(vector, "x"), values_of(vector, "y"));
    ASSERT_TRUE(result.has_value()) << vector.at("name");
    EXPECT_NEAR(result->rho, vector.at("rho").get<double>(), 1e-12) << vector.at("name");
    EXPECT_NEAR(result->p_value, vector.at("p").get<double>(), 1e-12) << vector.at("name");
  }
}

TEST(Spearman, IsUndefinedWithoutAnySpread) {
  const std::vector<double> rising{1, 2, 3, 4};
  EXPECT_FALSE(spearman(rising, std::vector<double>(4, 7.0)).has_value());
  EXPECT_FALSE(spearman(std::vector<double>(4, 7.0), rising).has_value());
}

TEST(Spearman, IsUndefinedForTwoValues) {
  EXPECT_FALSE(spearman(std::vector<double>{1, 2}, std::vector<double>{1, 2}).has_value());
}

TEST(SpearmanDeathTest, SidesOfDifferentLengthsAreRefused) {
  const std::vector<double> x{1, 2, 3, 4};
  const std::vector<double> y{1, 2, 3};
  EXPECT_DEATH((void)spearman(x, y), "x.size");
}

}  // namespace
}  // namespace assay::stats
