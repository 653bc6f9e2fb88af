#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/tasks/vad/vad_units.h>

namespace assay::suites {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Cell cell_of_scores(std::vector<float> scores) {
  Cell cell;
  cell.series["score"] = std::move(scores);
  return cell;
}

std::vector<std::int32_t> labels_of(const Cell& cell) {
  std::vector<std::int32_t> labels;
  const auto units = vad_units_of(cell);
  for (const UnitDecision& decision : units->decisions) {
    labels.push_back(decision.labels.at(0));
  }
  return labels;
}

TEST(VadUnits, AScoreAtTheThresholdOfTheCellIsSpeech) {
  Cell cell = cell_of_scores({0.5F, 0.4F, 0.75F});
  EXPECT_THAT(labels_of(cell), ElementsAre(1, 0, 1));
  cell.decision_threshold = 0.7;
  EXPECT_THAT(labels_of(cell), ElementsAre(0, 0, 1));
  EXPECT_EQ(vad_units_of(cell)->threshold, 0.7);
}

TEST(VadUnits, ANanIsNoSpeech) {
  EXPECT_THAT(labels_of(cell_of_scores({std::numeric_limits<float>::quiet_NaN()})), ElementsAre(0));
}

TEST(VadUnits, AReferenceOfAnotherLengthIsNone) {
  Cell cell = cell_of_scores({0.1F, 0.9F});
  cell.series["golden_score"] = {0.9F, 0.9F};
  EXPECT_THAT(vad_units_of(cell)->reference, SizeIs(2));
  cell.series["golden_score"] = {0.9F};
  EXPECT_THAT(vad_units_of(cell)->reference, IsEmpty());
}

TEST(VadUnits, ACellWithoutScoresHasNone) {
  EXPECT_FALSE(vad_units_of(Cell()).has_value());
  EXPECT_FALSE(vad_units_of(cell_of_scores({})).has_value());
}

}  // namespace
}  // namespace assay::suites
