#include <gtest/gtest.h>

#include <harness/run/pair_plan.h>

namespace assay::run {
namespace {

TEST(PairPlan, AModelThatStartsFastGetsManyShortPairs) {
  const PairPlan plan = plan_pairs({.startup_s = 0.04, .round_s = 0.01, .sd_within = 0.005}, 30);
  EXPECT_EQ(plan.rounds, 2U);
  EXPECT_EQ(plan.pairs, 500U);
}

TEST(PairPlan, AModelThatLoadsSlowlyGetsFewerLongerPairs) {
  const PairPlan plan = plan_pairs({.startup_s = 2, .round_s = 0.02, .sd_within = 0.01}, 60);
  EXPECT_EQ(plan.rounds, 8U);  // sqrt(2 / 0.02) * 0.01 / 0.015 = 6.7
  EXPECT_EQ(plan.pairs, 27U);
}

TEST(PairPlan, ADisturbedPilotStillLeavesRoomForADozenPairs) {
  const PairPlan plan = plan_pairs({.startup_s = 0.1, .round_s = 0.02, .sd_within = 2}, 5);
  EXPECT_GE(plan.pairs, 11U);
}

TEST(PairPlan, ThereIsAlwaysOnePairOfTwoRounds) {
  const PairPlan plan = plan_pairs({.startup_s = 10, .round_s = 5, .sd_within = 0.01}, 1);
  EXPECT_EQ(plan.rounds, 2U);
  EXPECT_EQ(plan.pairs, 1U);
}

}  // namespace
}  // namespace assay::run
