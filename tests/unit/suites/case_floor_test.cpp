#include <algorithm>

#include <golden/comparators.h>
#include <suites/case_floor.h>
#include <tests/unit/suites/tasks/vad/vad_clip.h>

namespace assay::suites {
namespace {

class CaseFloorTest : public VadClip {
 protected:
  CaseFloor floor_of(const std::vector<std::vector<float>>& runs) const {
    std::vector<CaseOutputs> distinct;
    for (const auto& scores : runs) {
      distinct.push_back(outputs_with(scores));
    }
    return summarize_floor(manifest_, *adapter_, *reference(), distinct);
  }

  static MetricFloor metric(const CaseFloor& floor, std::string_view id) {
    const auto found = std::ranges::find(floor.metrics, id, &MetricFloor::metric);
    return found == floor.metrics.end() ? MetricFloor{} : *found;
  }
};

TEST_F(CaseFloorTest, RunsThatAgreeHaveNoFloorHoweverFarTheGoldenIs) {
  const CaseFloor floor = floor_of({{0.2F, 0.9F, 0.8F}});
  EXPECT_TRUE(floor.identical());
  EXPECT_EQ(metric(floor, "score_max_abs_error").floor, 0);
  EXPECT_EQ(metric(floor, "score_sqnr_db").floor, golden::kSqnrCeilingDb);
  EXPECT_NEAR(metric(floor, "score_max_abs_error").lowest, 0.1, 1e-7);
  EXPECT_NEAR(metric(floor, "score_max_abs_error").highest, 0.1, 1e-7);
}

TEST_F(CaseFloorTest, TheFloorIsTheWorstOfAnyTwoRunsAndTheRangeIsAgainstTheGolden) {
  const CaseFloor floor =
      floor_of({{0.1F, 0.9F, 0.8F}, {0.125F, 0.9F, 0.8F}, {0.0625F, 0.9F, 0.8F}});
  EXPECT_FALSE(floor.identical());
  const MetricFloor error = metric(floor, "score_max_abs_error");
  EXPECT_DOUBLE_EQ(error.floor, 0.0625);
  EXPECT_EQ(error.lowest, 0);
  EXPECT_NEAR(error.highest, 0.0375, 1e-7);
}

TEST_F(CaseFloorTest, AnSqnrFloorIsTheLowest) {
  const CaseFloor floor = floor_of({{0.1F, 0.9F, 0.8F}, {0.2F, 0.9F, 0.8F}});
  EXPECT_LT(metric(floor, "score_sqnr_db").floor, 25);
}

TEST_F(CaseFloorTest, RunsThatDecideDifferentlyHaveAFloorOfFlips) {
  const CaseFloor floor = floor_of({{0.1F, 0.49F, 0.8F}, {0.1F, 0.51F, 0.8F}});
  EXPECT_EQ(metric(floor, "decision_flips").floor, 1);
}

TEST_F(CaseFloorTest, ALevelHasItsRangeAsTheFloor) {
  const CaseFloor floor = floor_of({{0.1F, 0.75F, 0.5F}, {0.1F, 0.875F, 0.5F}});
  EXPECT_DOUBLE_EQ(metric(floor, "score_max").floor, 0.125);
}

}  // namespace
}  // namespace assay::suites
