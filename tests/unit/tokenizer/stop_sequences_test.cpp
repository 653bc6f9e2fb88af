#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <runtime/tokenizer/stop_sequences.h>

namespace assay::tokenizer {
namespace {

StopSequences stops(std::vector<std::string> texts) {
  return StopSequences::create(std::move(texts)).value();
}

/// All that is shown of `text` when it comes in pieces of `size` bytes.
std::string shown(StopSequences matcher, const std::string& text, std::size_t size) {
  std::string all;
  for (std::size_t i = 0; i < text.size(); i += size) {
    const auto step = matcher.put(std::string_view(text).substr(i, size));
    all += step.text;
    if (step.stopped) {
      return all + "|";
    }
  }
  return all + matcher.finish();
}

TEST(StopSequences, NothingOfAStopStringIsShownHoweverTheTextIsCut) {
  for (const std::size_t size : {1U, 2U, 3U, 5U, 100U}) {
    EXPECT_EQ(shown(stops({"\nUser:"}), "Hi\nUse it.\nUser: more", size), "Hi\nUse it.|");
    EXPECT_EQ(shown(stops({"aab"}), "aaab", size), "a|");
    EXPECT_EQ(shown(stops({"END", "\n\n"}), "one\ntwo\n\nEND", size), "one\ntwo|");
  }
}

TEST(StopSequences, TheOneThatIsCompleteFirstCountsAndOfThoseTheLongest) {
  for (const std::size_t size : {1U, 2U, 100U}) {
    EXPECT_EQ(shown(stops({"abcd", "bc"}), "xabcd", size), "xa|");
    EXPECT_EQ(shown(stops({"c", "abc"}), "xabc", size), "x|");
  }
}

TEST(StopSequences, OnlyWhatMayBecomeAStopStringIsHeldBack) {
  StopSequences matcher = stops({"STOP"});
  EXPECT_EQ(matcher.put("abS").text, "ab");
  EXPECT_EQ(matcher.put("T").text, "");
  EXPECT_EQ(matcher.put("x").text, "STx");
  EXPECT_EQ(matcher.put("STO").text, "");
  EXPECT_EQ(matcher.finish(), "STO");
}

TEST(StopSequences, AfterTheStopNothingIsShown) {
  StopSequences matcher = stops({"."});
  EXPECT_TRUE(matcher.put("a.b").stopped);
  const auto step = matcher.put("c");
  EXPECT_TRUE(step.stopped);
  EXPECT_EQ(step.text + matcher.finish(), "");
}

TEST(StopSequences, WithoutStopStringsAllIsShownAtOnce) {
  EXPECT_EQ(stops({}).put("abc").text, "abc");
}

TEST(StopSequences, AnEmptyStopStringIsRefused) {
  const auto matcher = StopSequences::create({"a", ""});
  ASSERT_FALSE(matcher.ok());
  EXPECT_EQ(matcher.error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace assay::tokenizer
