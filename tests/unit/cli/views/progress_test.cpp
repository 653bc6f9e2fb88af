#include <gtest/gtest.h>

#include <harness/cli/views/progress.h>

namespace assay::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(FormatDuration, SecondsMinutesAndHours) {
  EXPECT_EQ(format_duration(seconds(5)), "0:05");
  EXPECT_EQ(format_duration(seconds(65)), "1:05");
  EXPECT_EQ(format_duration(seconds(3661)), "1:01:01");
}

TEST(ProgressLine, TimeLeftFollowsFromTheMeanTimeOfACell) {
  // 2 of 8 cells in 10 s: 6 more at 5 s each.
  EXPECT_EQ(progress_line(2, 8, "vad: tones", milliseconds(10'000)),
            "[######                  ] 2/8 cells, 0:30 left, vad: tones");
}

TEST(ProgressLine, BeforeTheFirstCellItDoesNotGuess) {
  EXPECT_EQ(progress_line(0, 8, "vad: memory", milliseconds(400)),
            "[                        ] 0/8 cells, estimating, vad: memory");
}

TEST(ProgressLine, AFullBarHasNoTimeLeft) {
  EXPECT_EQ(progress_line(8, 8, "vad: tones", milliseconds(8'000)),
            "[########################] 8/8 cells, 0:00 left, vad: tones");
}

}  // namespace
}  // namespace assay::cli
