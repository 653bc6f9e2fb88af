#include <gtest/gtest.h>

#include <harness/model/profile.h>

namespace assay {
namespace {

using enum OperatorKind;

/// Two executions of 50 µs: a delegate of 40 µs with nodes of 30 µs, an operator of 6 µs, a free.
Profile example() {
  return {.operators = {{"DELEGATE_CALL", kDelegateCall, 2, 80'000},
                        {"Convolution #1", kDelegateNode, 2, 59'000},
                        {"Add #1", kDelegateNode, 2, 1'000},
                        {"Clamp #1", kDelegateNode, 2, 0},
                        {"native_call_index", kOperator, 2, 12'000},
                        {"FREE_CALL", kOther, 2, 200}},
          .executions = 2,
          .traced_wall_ns = 100'000,
          .traced_median_ns = 50'000,
          .untraced_median_ns = 40'000};
}

TEST(Profile, CoverageCountsNodesAndNotTheCallAroundThem) {
  EXPECT_EQ(leaf_ns(example()), 72'200);
  EXPECT_DOUBLE_EQ(coverage(example()), 0.722);
}

TEST(Profile, ADelegateThatReportsNoNodesIsALeaf) {
  Profile profile = example();
  profile.operators.push_back({"DELEGATE_CALL", kDelegateCall, 2, 10'000});
  EXPECT_TRUE(is_leaf(profile, 6));
  EXPECT_FALSE(is_leaf(profile, 0));
  EXPECT_EQ(leaf_ns(profile), 82'200);
  EXPECT_EQ(delegate_rest_ns(profile), 20'000);
}

TEST(Profile, WhatIsInADelegateButInNoNodeIsKnown) {
  EXPECT_EQ(delegate_rest_ns(example()), 20'000);
}

TEST(Profile, OverheadIsTheTracedMedianOverTheUntraced) {
  EXPECT_DOUBLE_EQ(overhead(example()), 1.25);
}

TEST(Profile, WithoutExecutionsThereIsNeitherOverheadNorCoverage) {
  EXPECT_EQ(overhead(Profile{}), 0);
  EXPECT_EQ(coverage(Profile{}), 0);
  EXPECT_EQ(delegate_rest_ns(Profile{}), 0);
}

TEST(Profile, NodesThatMostlyReadZeroAreCounted) {
  Profile profile = example();
  EXPECT_EQ(nodes_below_microsecond(profile), 1U);  // Add reads 1 µs in one of two calls
  profile.operators[2].total_ns = 0;
  EXPECT_EQ(nodes_below_microsecond(profile), 2U);
}

TEST(Profile, ADelegateWithAFinerClockHasNoGranularity) {
  Profile profile = example();
  profile.operators[1].total_ns += 1;
  EXPECT_EQ(nodes_below_microsecond(profile), std::nullopt);
  EXPECT_EQ(nodes_below_microsecond(Profile{}), std::nullopt);
}

TEST(OperatorKind, EveryNameReadsBack) {
  for (const OperatorKind kind : {kDelegateNode, kDelegateCall, kOperator, kOther}) {
    EXPECT_EQ(operator_kind_from_name(operator_kind_name(kind)), kind);
  }
  EXPECT_EQ(operator_kind_from_name("kernel"), std::nullopt);
}

}  // namespace
}  // namespace assay
