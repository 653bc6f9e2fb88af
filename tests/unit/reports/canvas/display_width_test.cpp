#include <gtest/gtest.h>

#include <reports/canvas/display_width.h>

namespace assay::reports {
namespace {

TEST(DisplayWidth, CountsColumnsAndNotBytes) { EXPECT_EQ(display_width("81.3 µs"), 7U); }

TEST(DisplayWidth, WideCharactersTakeTwoColumnsAndCombiningOnesNone) {
  EXPECT_EQ(display_width("日本語"), 6U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("\U0001F600"), 2U);
}

TEST(DisplayWidth, BytesThatAreNoCharacterTakeOneColumnEach) {
  EXPECT_EQ(display_width("a\xFF\xFE"), 3U);
}

TEST(Shorten, CutsToTheColumnsWithAMark) {
  EXPECT_EQ(shorten("abcdefgh", 5), "abcd…");
  EXPECT_EQ(shorten("abcde", 5), "abcde");
}

TEST(Shorten, NeverTakesMoreColumnsThanThereAre) { EXPECT_EQ(shorten("日本語", 4), "日…"); }

TEST(Shorten, KeepsACombiningMarkWithItsCharacter) {
  EXPECT_EQ(shorten("e\u0301tudes", 3), "e\u0301t…");
}

}  // namespace
}  // namespace assay::reports
