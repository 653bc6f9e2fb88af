#include <limits>

#include <gtest/gtest.h>

#include <harness/compare/judge.h>

namespace assay::compare {
namespace {

constexpr Margin kMargin{.equivalence = 0.01, .resolution = 0.02};

Delta ratio(double low, double high) {
  return {.metric = find_metric("latency_p50_ms"),
          .effect = (low + high) / 2,
          .interval = stats::Interval{low, high}};
}

Delta difference(std::string_view metric, double low, double high) {
  return {.metric = find_metric(metric),
          .effect = (low + high) / 2,
          .interval = stats::Interval{low, high}};
}

Verdict verdict_of(Delta delta, const Margin& margin = kMargin) {
  judge(delta, margin);
  return delta.verdict;
}

TEST(Judge, ALowerLatencyOutsideTheResolutionIsBetter) {
  EXPECT_EQ(verdict_of(ratio(0.90, 0.95)), Verdict::kBetter);
}

TEST(Judge, AHigherLatencyOutsideTheResolutionIsWorse) {
  EXPECT_EQ(verdict_of(ratio(1.05, 1.10)), Verdict::kWorse);
}

TEST(Judge, AnIntervalInsideTheEquivalenceMarginIsTheSame) {
  EXPECT_EQ(verdict_of(ratio(0.995, 1.005)), Verdict::kSame);
}

TEST(Judge, AWideIntervalAroundNoChangeIsInconclusive) {
  Delta delta = ratio(0.90, 1.10);
  judge(delta, kMargin);
  EXPECT_EQ(delta.verdict, Verdict::kInconclusive);
  EXPECT_EQ(delta.reason, "the interval includes no change");
}

TEST(Judge, AChangeSmallerThanTheResolutionIsInconclusiveAndSaysSo) {
  Delta delta = ratio(1.011, 1.018);
  judge(delta, kMargin);
  EXPECT_EQ(delta.verdict, Verdict::kInconclusive);
  EXPECT_EQ(delta.reason,
            "a change of less than 2 % is beyond what this way of measuring can tell");
}

TEST(Judge, HigherIsBetterForAMetricThatSaysSo) {
  EXPECT_EQ(verdict_of(difference("frame_f1", 0.02, 0.03), {}), Verdict::kBetter);
  EXPECT_EQ(verdict_of(difference("frame_f1", -0.03, -0.02), {}), Verdict::kWorse);
}

TEST(Judge, HigherIsWorseForAnError) {
  EXPECT_EQ(verdict_of(difference("score_max_abs_error", 0.02, 0.03), {}), Verdict::kWorse);
}

TEST(Judge, AMetricWithoutADirectionIsNotJudged) {
  EXPECT_EQ(verdict_of(difference("score_max", 0.02, 0.03), {}), Verdict::kNotJudged);
}

TEST(Judge, AnExactValueWithoutAnIntervalIsJudgedByItself) {
  Delta delta{.metric = find_metric("pte_bytes"), .effect = 0.8};
  judge(delta, {.equivalence = 0.01});
  EXPECT_EQ(delta.verdict, Verdict::kBetter);
}

TEST(PlainEffect, IsARatioOrADifferenceAsTheCatalogueSays) {
  EXPECT_EQ(plain_effect(*find_metric("pte_bytes"), 200, 100), 0.5);
  EXPECT_EQ(plain_effect(*find_metric("frame_f1"), 0.5, 0.75), 0.25);
}

TEST(PlainEffect, OfTwoZerosIsNoChangeAndOfOneZeroIsNothing) {
  EXPECT_EQ(plain_effect(*find_metric("planned_arena_bytes"), 0, 0), 1.0);
  EXPECT_EQ(plain_effect(*find_metric("planned_arena_bytes"), 0, 8), std::nullopt);
}

TEST(PlainEffect, OfAnInfiniteValueIsNothing) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(plain_effect(*find_metric("score_sqnr_db"), infinity, 40), std::nullopt);
}

}  // namespace
}  // namespace assay::compare
