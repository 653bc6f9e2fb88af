#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/base/json.h>
#include <suites/tasks/vad/vad_scoring.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;

constexpr float kNanScore = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

using Flags = std::vector<bool>;

TEST(Decide, AScoreAtTheThresholdIsSpeech) {
  EXPECT_THAT(decide(std::vector{0.4999F, 0.5F, 0.6F}, 0.5), ElementsAre(false, true, true));
}

TEST(Decide, AScoreThatIsNotFiniteIsWrongEitherWay) {
  EXPECT_THAT(decide(std::vector{kNanScore, kNanScore, kInfinity, -kInfinity}, 0.5,
                     Flags{true, false, true, false}),
              ElementsAre(false, true, false, true));
}

TEST(CountFlips, CountsDifferences) {
  EXPECT_EQ(count_flips(Flags{true, true, false}, Flags{true, false, true}), 2U);
  EXPECT_EQ(count_flips(Flags{true}, Flags{true}), 0U);
}

TEST(FrameScores, AgreeWithScikitLearn) {
  const auto text = read_text_file(ASSAY_SOURCE_DIR "/tests/data/scoring/vectors.json").value();
  const auto root = JsonValue::parse(text, "vectors.json", ErrorCode::kCorrupt).value();
  const auto vectors = root.require("frames")->as_list().value();
  ASSERT_EQ(vectors.size(), 2U);
  for (const JsonValue& vector : vectors) {
    std::vector<float> scores;
    const auto score_list = vector.require("scores")->as_list().value();
    for (const JsonValue& score : score_list) {
      scores.push_back(static_cast<float>(score.as_number().value()));
    }
    Flags labels;
    const auto label_list = vector.require("labels")->as_list().value();
    for (const JsonValue& label : label_list) {
      labels.push_back(label.as_integer(0, 1).value() == 1);
    }
    const auto expected = [&](std::string_view key) {
      return vector.require(key)->as_number().value();
    };
    const auto quality = frame_quality(decide(scores, 0.5), labels);
    EXPECT_NEAR(quality.precision.value(), expected("precision"), 1e-12);
    EXPECT_NEAR(quality.recall.value(), expected("recall"), 1e-12);
    EXPECT_NEAR(quality.f1.value(), expected("f1"), 1e-12);
    EXPECT_NEAR(roc_auc(scores, labels).value(), expected("roc_auc"), 1e-12);
  }
}

TEST(FrameQuality, AHandComputedCase) {
  // TP 2, FP 1, FN 1.
  const auto quality =
      frame_quality(Flags{true, true, true, false, false}, Flags{true, true, false, true, false});
  EXPECT_DOUBLE_EQ(quality.precision.value(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(quality.recall.value(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(quality.f1.value(), 2.0 / 3);
}

TEST(FrameQuality, SilenceCalledSilenceHasNoFigures) {
  const auto quality = frame_quality(Flags{false, false}, Flags{false, false});
  EXPECT_EQ(quality.precision, std::nullopt);
  EXPECT_EQ(quality.recall, std::nullopt);
  EXPECT_EQ(quality.f1, std::nullopt);
}

TEST(FrameQuality, SilenceCalledSpeechHasZeroPrecisionOnly) {
  const auto quality = frame_quality(Flags{true, false}, Flags{false, false});
  EXPECT_EQ(quality.precision, 0);
  EXPECT_EQ(quality.recall, std::nullopt);
  EXPECT_EQ(quality.f1, std::nullopt);
}

TEST(FrameQuality, AModelThatNeverHearsSpeechScoresZeroAndNotNothing) {
  const auto quality = frame_quality(Flags{false, false}, Flags{true, false});
  EXPECT_EQ(quality.precision, 0);
  EXPECT_EQ(quality.recall, 0);
  EXPECT_EQ(quality.f1, 0);
}

TEST(RocAuc, PerfectReversedAndConstantScores) {
  const Flags labels{false, false, true, true};
  EXPECT_EQ(roc_auc(std::vector{0.1F, 0.2F, 0.3F, 0.4F}, labels), 1);
  EXPECT_EQ(roc_auc(std::vector{0.4F, 0.3F, 0.2F, 0.1F}, labels), 0);
  EXPECT_EQ(roc_auc(std::vector{0.5F, 0.5F, 0.5F, 0.5F}, labels), 0.5);
}

TEST(RocAuc, ATieCountsHalf) {
  // Pairs (speech, other): (0.5, 0.5) half, (0.5, 0.1) one.
  EXPECT_EQ(roc_auc(std::vector{0.5F, 0.5F, 0.1F}, Flags{true, false, false}), 0.75);
}

TEST(RocAuc, OneClassAloneHasNone) {
  EXPECT_EQ(roc_auc(std::vector{0.1F, 0.2F}, Flags{true, true}), std::nullopt);
  EXPECT_EQ(roc_auc(std::vector{0.1F, 0.2F}, Flags{false, false}), std::nullopt);
  EXPECT_EQ(roc_auc({}, {}), std::nullopt);
}

TEST(RocAuc, NanRanksOnTheWrongSide) {
  EXPECT_EQ(roc_auc(std::vector{kNanScore, 0.1F}, Flags{true, false}), 0);
  EXPECT_EQ(roc_auc(std::vector{0.9F, kNanScore}, Flags{true, false}), 0);
}

TEST(SegmentChanges, OverlapIsEnoughToKeepASegment) {
  const auto changes =
      segment_changes(Flags{true, true, true, false}, Flags{false, false, true, true});
  EXPECT_EQ(changes.gained, 0U);
  EXPECT_EQ(changes.lost, 0U);
}

TEST(SegmentChanges, SegmentsWithoutACounterpartAreGainedOrLost) {
  const auto changes = segment_changes(Flags{true, false, true, true, false, true},
                                       Flags{false, true, false, false, true, true});
  EXPECT_EQ(changes.gained, 1U);
  EXPECT_EQ(changes.lost, 2U);
}

TEST(SegmentChanges, OneSegmentSplitInTwoLosesNothing) {
  const auto changes = segment_changes(Flags{true, true, true}, Flags{true, false, true});
  EXPECT_EQ(changes.gained, 0U);
  EXPECT_EQ(changes.lost, 0U);
}

}  // namespace
}  // namespace assay::suites
