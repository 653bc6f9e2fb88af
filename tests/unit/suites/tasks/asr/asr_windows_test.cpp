#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/tasks/asr/asr_windows.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;

const AsrSuite kTask{};  // windows of 64,000 samples that overlap by 16,000; 640 a frame

TEST(AsrWindows, AShortClipHasTheFramesThatItReachesInto) {
  EXPECT_THAT(cut_windows(1, kTask), ElementsAre(SpeechWindow{0, 1, 0, 1}));
  EXPECT_THAT(cut_windows(1'600, kTask), ElementsAre(SpeechWindow{0, 1'600, 0, 3}));
  EXPECT_THAT(cut_windows(64'000, kTask), ElementsAre(SpeechWindow{0, 64'000, 0, 100}));
}

TEST(AsrWindows, LongerAudioIsCutInTheMiddleOfOverlaps) {
  EXPECT_THAT(cut_windows(64'001, kTask),
              ElementsAre(SpeechWindow{0, 64'000, 0, 87}, SpeechWindow{48'000, 16'001, 12, 26}));
  EXPECT_THAT(cut_windows(150'000, kTask),
              ElementsAre(SpeechWindow{0, 64'000, 0, 87}, SpeechWindow{48'000, 64'000, 12, 87},
                          SpeechWindow{96'000, 54'000, 12, 85}));
}

TEST(AsrWindows, TheLastWindowIsTheFirstThatReachesTheEnd) {
  EXPECT_EQ(cut_windows(112'000, kTask).size(), 2U);
  EXPECT_EQ(cut_windows(112'001, kTask).size(), 3U);
}

TEST(AsrWindows, OwnFramesCoverTheAudioOnceWhateverItsLength) {
  for (const std::size_t overlap : {0U, 640U, 16'000U, 63'360U}) {
    AsrSuite task;
    task.overlap_samples = overlap;
    for (std::size_t samples = 1; samples < 300'000; samples += 1'777) {
      std::size_t next = 0;
      for (const SpeechWindow& window : cut_windows(samples, task)) {
        ASSERT_EQ(window.start / 640 + window.first_frame, next) << samples;
        ASSERT_GT(window.last_frame, window.first_frame) << samples;
        ASSERT_LE(window.last_frame, 100U) << samples;
        next = window.start / 640 + window.last_frame;
      }
      ASSERT_EQ(next, (samples + 639) / 640) << samples << " overlap " << overlap;
    }
  }
}

TEST(AsrWindows, TenMinutesAreTwoHundredWindows) {
  EXPECT_EQ(cut_windows(std::size_t{600} * 16'000, kTask).size(), 200U);
}

}  // namespace
}  // namespace assay::suites
