#include <gtest/gtest.h>

#include <harness/model/timing_bounds.h>

namespace assay {
namespace {

TEST(TimingBounds, TheDefaultsDoNotContradictEachOther) { EXPECT_EQ(find_contradiction({}), ""); }

TEST(TimingBounds, AMaximumBelowTheMinimumIsAContradiction) {
  EXPECT_EQ(find_contradiction({.min_time_s = 2, .max_time_s = 1}),
            "is 1 s, less than min_time_s, 2 s");
  EXPECT_EQ(find_contradiction({.min_time_s = 2, .max_time_s = 2}), "");
}

}  // namespace
}  // namespace assay
