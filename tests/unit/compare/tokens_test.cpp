#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/tokens.h>

namespace assay::compare {
namespace {

Cell cell(const std::string& name, std::vector<float> kld, std::vector<float> best) {
  Cell result;
  result.key.case_name = name;
  result.series = {{"kld", std::move(kld)},
                   {"best_token", std::move(best)},
                   {"token", {7, 8, 9}},
                   {"golden_best_token", {1, 2, 3}}};
  return result;
}

TEST(CompareTokens, CountsWhoIsCloserAtEachPosition) {
  const Cell a = cell("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3});
  const Cell b = cell("one", {0.3F, 0.1F, 0.3F}, {1, 2, 3});
  const std::vector<CellPair> pairs{{&a, &b}};
  const TokenComparison tokens = compare_tokens(pairs, {});
  EXPECT_EQ(tokens.positions, 3U);
  EXPECT_EQ(tokens.a_closer, 1U);
  EXPECT_EQ(tokens.b_closer, 1U);
  EXPECT_NEAR(tokens.mean_difference.value(), 0.1 / 3, 1e-6);
  EXPECT_TRUE(tokens.list.empty());
}

TEST(CompareTokens, ADifferenceBeyondChanceHasAnIntervalWithoutZero) {
  std::vector<float> near(100, 0.1F);
  std::vector<float> far(100);
  for (std::size_t i = 0; i < far.size(); ++i) {
    far[i] = 0.3F + 0.1F * static_cast<float>(i % 3);
  }
  Cell a = cell("one", near, {});
  Cell b = cell("one", far, {});
  const std::vector<CellPair> pairs{{&a, &b}};
  const TokenComparison tokens = compare_tokens(pairs, {});
  ASSERT_TRUE(tokens.interval.has_value());
  EXPECT_GT(tokens.interval->low, 0.2);
  EXPECT_LT(tokens.interval->high, 0.4);
}

TEST(CompareTokens, ListsWhereTheTwoWouldSaySomethingElse) {
  const Cell a = cell("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3});
  const Cell b = cell("one", {0.1F, 0.4F, 0.3F}, {1, 5, 3});
  const std::vector<CellPair> pairs{{&a, &b}};
  const TokenComparison tokens = compare_tokens(pairs, {});
  ASSERT_EQ(tokens.list.size(), 1U);
  const TokenDisagreement& one = tokens.list[0];
  EXPECT_EQ(one.case_name, "one");
  EXPECT_EQ(one.position, 1U);
  EXPECT_EQ(one.target, 8);
  EXPECT_EQ(one.golden, 2);
  EXPECT_EQ(one.a, 2);
  EXPECT_EQ(one.b, 5);
}

TEST(CompareTokens, ADivergenceThatIsNotFiniteIsNotInTheMean) {
  const Cell a = cell("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3});
  const Cell b = cell("one", {std::numeric_limits<float>::infinity(), 0.3F, 0.4F}, {1, 2, 3});
  const std::vector<CellPair> pairs{{&a, &b}};
  const TokenComparison tokens = compare_tokens(pairs, {});
  EXPECT_EQ(tokens.positions, 3U);
  EXPECT_EQ(tokens.a_closer, 3U);
  EXPECT_NEAR(tokens.mean_difference.value(), 0.1, 1e-6);
}

TEST(CompareTokens, CasesWithoutTokensAddNothing) {
  const Cell a = cell("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3});
  const Cell other_length = cell("one", {0.1F}, {1});
  const Cell none;
  const std::vector<CellPair> pairs{{&a, &other_length}, {&a, &none}, {&none, &a}};
  const TokenComparison tokens = compare_tokens(pairs, {});
  EXPECT_EQ(tokens.positions, 0U);
  EXPECT_FALSE(tokens.mean_difference.has_value());
}

}  // namespace
}  // namespace assay::compare
