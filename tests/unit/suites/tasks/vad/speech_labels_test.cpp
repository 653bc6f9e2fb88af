#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/tasks/vad/speech_labels.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string labels_text(const std::string& segments, const std::string& samples = "1000") {
  return R"({"version": 1, "sample_rate_hz": 16000, "samples": )" + samples + R"(, "segments": )" +
         segments + R"(, "how": "by hand"})";
}

std::string label_error(const std::string& text) {
  auto labels = parse_speech_labels(text, "a.labels.json");
  return labels.ok() ? "no error" : labels.error().message;
}

SpeechLabels labels_with(std::vector<SampleRange> segments, std::size_t samples) {
  return {.sample_rate_hz = 16000, .samples = samples, .segments = std::move(segments)};
}

TEST(SpeechLabels, AFileIsRead) {
  const auto labels = parse_speech_labels(labels_text("[[0, 10], [10, 20], [999, 1000]]"), "a");
  ASSERT_TRUE(labels.ok()) << labels.error().message;
  EXPECT_EQ(labels->sample_rate_hz, 16000);
  EXPECT_EQ(labels->samples, 1000U);
  ASSERT_EQ(labels->segments.size(), 3U);
  EXPECT_EQ(labels->segments[2].start, 999U);
  EXPECT_EQ(labels->segments[2].end, 1000U);
}

TEST(SpeechLabels, ASegmentOutsideTheClipIsRefused) {
  EXPECT_THAT(label_error(labels_text("[[0, 1001]]")), HasSubstr("/segments/0/1"));
  EXPECT_THAT(label_error(labels_text("[[-1, 5]]")), HasSubstr("/segments/0/0"));
  EXPECT_THAT(label_error(labels_text("[[1000, 1000]]")), HasSubstr("/segments/0"));
}

TEST(SpeechLabels, AnEmptyOrReversedSegmentIsRefused) {
  EXPECT_THAT(label_error(labels_text("[[5, 5]]")), HasSubstr("/segments/0"));
  EXPECT_THAT(label_error(labels_text("[[5, 4]]")), HasSubstr("/segments/0"));
}

TEST(SpeechLabels, OverlappingOrUnsortedSegmentsAreRefused) {
  EXPECT_THAT(label_error(labels_text("[[0, 10], [9, 20]]")), HasSubstr("/segments/1/0"));
  EXPECT_THAT(label_error(labels_text("[[50, 60], [0, 10]]")), HasSubstr("/segments/1/0"));
}

TEST(SpeechLabels, ASegmentOfThreeNumbersIsRefused) {
  EXPECT_THAT(label_error(labels_text("[[1, 2, 3]]")), HasSubstr("[start_sample, end_sample]"));
}

TEST(SpeechLabels, AHugeSampleCountIsRefused) {
  EXPECT_THAT(label_error(labels_text("[]", "9223372036854775807")), HasSubstr("/samples"));
}

TEST(SpeechLabels, AnUnknownKeyOrVersionIsRefused) {
  EXPECT_THAT(label_error(R"({"version": 1, "segment": []})"),
              HasSubstr("did you mean 'segments'"));
  EXPECT_THAT(label_error(R"({"version": 2})"), HasSubstr("/version"));
}

TEST(LabelChunks, HalfOfAChunkIsSpeech) {
  EXPECT_THAT(label_chunks(labels_with({{5, 10}}, 20), 10), ElementsAre(true, false));
  EXPECT_THAT(label_chunks(labels_with({{6, 10}}, 20), 10), ElementsAre(false, false));
}

TEST(LabelChunks, SeveralSegmentsInAChunkCountTogether) {
  EXPECT_THAT(label_chunks(labels_with({{0, 2}, {3, 4}, {8, 13}}, 20), 10),
              ElementsAre(true, false));
}

TEST(LabelChunks, ASegmentReachesOverManyChunks) {
  EXPECT_THAT(label_chunks(labels_with({{4, 36}}, 40), 10), ElementsAre(true, true, true, true));
  EXPECT_THAT(label_chunks(labels_with({{16, 34}}, 40), 10),
              ElementsAre(false, false, true, false));
}

TEST(LabelChunks, TheLastChunkCountsOnlyTheSamplesThatAreThere) {
  EXPECT_THAT(label_chunks(labels_with({{12, 14}}, 14), 10), ElementsAre(false, true));
  EXPECT_THAT(label_chunks(labels_with({{13, 14}}, 14), 10), ElementsAre(false, false));
}

TEST(LabelChunks, NoSegmentsMeansNoSpeech) {
  EXPECT_THAT(label_chunks(labels_with({}, 11), 10), ElementsAre(false, false));
}

}  // namespace
}  // namespace assay::suites
