#include <gtest/gtest.h>

#include <harness/base/utf8.h>

namespace assay {
namespace {

using Kind = Utf8Step::Kind;

TEST(Utf8, CharactersOfEachLengthAreRead) {
  for (const std::string text : {"a", "\u00e9", "\uffff", "\U0010ffff"}) {
    const Utf8Step step = read_utf8(text + "z");
    EXPECT_EQ(step.kind, Kind::kCharacter);
    EXPECT_EQ(step.length, text.size());
  }
  EXPECT_EQ(code_point("a"), U'a');
  EXPECT_EQ(code_point("\u00e9"), U'\u00e9');
  EXPECT_EQ(code_point("\uffff"), U'\uffff');
  EXPECT_EQ(code_point("\U0010ffff"), U'\U0010ffff');
}

TEST(Utf8, TheStartOfACharacterAtTheEndIsIncomplete) {
  EXPECT_EQ(read_utf8("\xF0\x9F\x98").kind, Kind::kIncomplete);
  EXPECT_EQ(read_utf8("\xF0\x9F\x98").length, 3U);
  EXPECT_EQ(read_utf8("\xC3").kind, Kind::kIncomplete);
}

TEST(Utf8, OverlongFormsSurrogatesAndTooLargeNumbersAreBroken) {
  for (const char* text : {"\x80", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xF8\x88\x80\x80", "\xFF"}) {
    EXPECT_EQ(read_utf8(text).kind, Kind::kBroken) << text;
    EXPECT_EQ(read_utf8(text).length, 1U);
  }
}

// The examples of the Unicode standard, section 3.9, tables 3-8 to 3-11.
TEST(Utf8, EachLongestBrokenSequenceBecomesOneReplacement) {
  const std::string r(kReplacementCharacter);
  EXPECT_EQ(replace_broken_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(replace_broken_utf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
            r + r + r + r + r + "A" + r + r + "B");
  EXPECT_EQ(replace_broken_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), r + r + r + r + "A");
  EXPECT_EQ(replace_broken_utf8("ok \u00e9"), "ok \u00e9");
}

}  // namespace
}  // namespace assay
