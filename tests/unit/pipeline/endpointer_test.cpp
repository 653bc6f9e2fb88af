#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/pipeline/endpointer.h>

namespace assay::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kChunk = 100;
constexpr EndpointRule kRule{
    .threshold = 0.5, .hysteresis = 0.2, .min_speech = 200, .min_silence = 300, .padding = 150};

/// The segments of scores, and with each the chunk at which it was known.
std::vector<SpeechSegment> segments_of(const std::vector<double>& scores,
                                       std::vector<std::size_t>* known_at = nullptr) {
  Endpointer endpointer(kRule, kChunk);
  std::vector<SpeechSegment> segments;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (const std::optional<SpeechSegment> segment = endpointer.push(scores[i])) {
      segments.push_back(*segment);
      if (known_at != nullptr) {
        known_at->push_back(i);
      }
    }
  }
  return segments;
}

TEST(Endpointer, ASegmentEndsAfterItsSilenceAndIsPadded) {
  std::vector<std::size_t> known_at;
  const auto segments = segments_of({0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0}, &known_at);
  EXPECT_THAT(segments, ElementsAre(SpeechSegment{150, 750}));
  EXPECT_THAT(known_at, ElementsAre(8U));
}

TEST(Endpointer, AShortPauseDoesNotEndIt) {
  EXPECT_THAT(segments_of({0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0}), ElementsAre(SpeechSegment{50, 950}));
}

TEST(Endpointer, AClickIsDropped) { EXPECT_THAT(segments_of({0, 0, 1, 0, 0, 0, 0}), IsEmpty()); }

TEST(Endpointer, AScoreBelowTheThresholdKeepsSpeechGoingButDoesNotBeginIt) {
  EXPECT_THAT(segments_of({0.4, 0.4, 0.4, 0.4, 0.4, 0.4}), IsEmpty());
  EXPECT_THAT(segments_of({1, 0.4, 0.4, 0.4, 0.4, 0, 0, 0}), ElementsAre(SpeechSegment{0, 650}));
}

TEST(Endpointer, PaddingStaysOutOfTheSegmentBefore) {
  // The first ends at 200 + 150; the second begins at 500 and would reach back to 350 just so.
  const auto segments = segments_of({1, 1, 0, 0, 0, 1, 1, 0, 0, 0});
  EXPECT_THAT(segments, ElementsAre(SpeechSegment{0, 350}, SpeechSegment{350, 850}));
}

TEST(Endpointer, NoSpeechIsNoSegment) {
  EXPECT_THAT(segments_of(std::vector<double>(1000, 0.1)), IsEmpty());
}

}  // namespace
}  // namespace assay::pipeline
