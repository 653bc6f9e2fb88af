#include <limits>

#include <gtest/gtest.h>

#include <suites/task_adapter.h>

namespace assay::suites {
namespace {

const CellKey kCell{.case_name = "clip", .variant = "int8"};

SuiteManifest with_thresholds(std::vector<ThresholdSpec> thresholds) {
  SuiteManifest manifest;
  manifest.thresholds = std::move(thresholds);
  return manifest;
}

Score judged(const SuiteManifest& manifest, Score score, const CellKey& key = kCell) {
  std::vector<Score> scores{std::move(score)};
  apply_thresholds(manifest, key, scores);
  return scores[0];
}

TEST(ApplyThresholds, AScoreWithoutThresholdPassesWithoutBounds) {
  const Score score = judged({}, {.metric = "frame_f1", .value = 0});
  EXPECT_TRUE(score.pass);
  EXPECT_EQ(score.min, std::nullopt);
  EXPECT_EQ(score.max, std::nullopt);
}

TEST(ApplyThresholds, TheBoundsThemselvesPass) {
  const auto manifest = with_thresholds({{.metric = "frame_f1", .min = 0.5, .max = 0.75}});
  EXPECT_TRUE(judged(manifest, {.metric = "frame_f1", .value = 0.5}).pass);
  EXPECT_TRUE(judged(manifest, {.metric = "frame_f1", .value = 0.75}).pass);
  EXPECT_FALSE(judged(manifest, {.metric = "frame_f1", .value = 0.49}).pass);
  EXPECT_FALSE(judged(manifest, {.metric = "frame_f1", .value = 0.76}).pass);
}

TEST(ApplyThresholds, OnlyTheNamedMetricVariantAndCaseAreBound) {
  const auto manifest = with_thresholds(
      {{.metric = "frame_f1", .variants = {"int8"}, .cases = {"clip"}, .min = 0.9}});
  const Score low{.metric = "frame_f1", .value = 0.1};
  EXPECT_FALSE(judged(manifest, low).pass);
  EXPECT_TRUE(judged(manifest, low, {.case_name = "clip", .variant = "fp32"}).pass);
  EXPECT_TRUE(judged(manifest, low, {.case_name = "other", .variant = "int8"}).pass);
  EXPECT_TRUE(judged(manifest, {.metric = "frame_recall", .value = 0.1}).pass);
}

TEST(ApplyThresholds, OfSeveralTheTightestBoundsCount) {
  const auto manifest = with_thresholds({{.metric = "frame_f1", .min = 0.5, .max = 0.8},
                                         {.metric = "frame_f1", .min = 0.6, .max = 0.9}});
  const Score score = judged(manifest, {.metric = "frame_f1", .value = 0.55});
  EXPECT_EQ(score.min, 0.6);
  EXPECT_EQ(score.max, 0.8);
  EXPECT_FALSE(score.pass);
}

TEST(ApplyThresholds, NanPassesNoBound) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(judged(with_thresholds({{.metric = "frame_f1", .min = 0}}),
                      {.metric = "frame_f1", .value = nan})
                   .pass);
  EXPECT_FALSE(judged(with_thresholds({{.metric = "frame_f1", .max = 1}}),
                      {.metric = "frame_f1", .value = nan})
                   .pass);
}

TEST(ApplyThresholds, InfiniteErrorPassesNoMaximum) {
  EXPECT_FALSE(
      judged(with_thresholds({{.metric = "score_max_abs_error", .max = 1e300}}),
             {.metric = "score_max_abs_error", .value = std::numeric_limits<double>::infinity()})
          .pass);
}

TEST(ApplyThresholds, NonfiniteOutputsFailWithoutAnyThreshold) {
  EXPECT_TRUE(judged({}, {.metric = "nonfinite_count", .value = 0}).pass);
  const Score score = judged({}, {.metric = "nonfinite_count", .value = 1});
  EXPECT_FALSE(score.pass);
  EXPECT_EQ(score.max, 0);
}

TEST(ApplyThresholds, NoSuiteCanAllowNonfiniteOutputs) {
  const auto manifest = with_thresholds({{.metric = "nonfinite_count", .max = 5}});
  EXPECT_FALSE(judged(manifest, {.metric = "nonfinite_count", .value = 1}).pass);
}

}  // namespace
}  // namespace assay::suites
