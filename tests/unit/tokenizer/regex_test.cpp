#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <runtime/tokenizer/regex.h>

namespace assay::tokenizer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> matches(std::string_view pattern, const std::string& text) {
  const auto regex = Regex::compile(pattern);
  EXPECT_TRUE(regex.ok()) << regex.error().message;
  std::vector<std::string> found;
  std::size_t from = 0;
  while (regex.ok()) {
    const auto match = regex->find(text, from);
    if (!match.ok() || !match->has_value()) {
      EXPECT_TRUE(match.ok()) << match.error().message;
      break;
    }
    found.push_back(text.substr((*match)->begin, (*match)->end - (*match)->begin));
    from = (*match)->end;
  }
  return found;
}

std::string error_of_pattern(std::string_view pattern) {
  const auto regex = Regex::compile(pattern);
  return regex.ok() ? "no error" : regex.error().message;
}

TEST(Regex, ClassesAreUnicodes) {
  EXPECT_THAT(matches(R"(\p{L}+|\p{N})", "né٣字"), ElementsAre("né", "٣", "字"));
}

TEST(Regex, LettersOfUnicode16AreLettersInAndOutsideOfBrackets) {
  const std::string todhri = "\U000105C0";
  EXPECT_THAT(matches(R"(\p{L})", todhri), ElementsAre(todhri));
  EXPECT_THAT(matches(R"([\p{L}])", todhri), ElementsAre(todhri));
  EXPECT_THAT(matches(R"([^\s\p{L}\p{N}])", todhri), ElementsAre());
  EXPECT_THAT(matches(R"(\P{L})", todhri + "1"), ElementsAre("1"));
}

TEST(Regex, TheMongolianVowelSeparatorIsNoSpace) {
  EXPECT_THAT(matches(R"(\s)", "\u180E\u00A0\u0085"), ElementsAre("\u00A0", "\u0085"));
  EXPECT_THAT(matches(R"(\S)", "\u180E "), ElementsAre("\u180E"));
}

TEST(Regex, LookaheadLeavesTheLastSpaceToTheWord) {
  EXPECT_THAT(matches(R"(\s+(?!\S)| ?\p{L}+)", "a   b"), ElementsAre("a", "  ", " b"));
}

TEST(Regex, WhatLibrariesReadDifferentlyIsRefusedByName) {
  EXPECT_THAT(error_of_pattern(R"(\w+)"), HasSubstr(R"('\w')"));
  EXPECT_THAT(error_of_pattern(R"(\b)"), HasSubstr(R"('\b')"));
  EXPECT_THAT(error_of_pattern("^a"), HasSubstr("anchor"));
  EXPECT_THAT(error_of_pattern(R"(\p{Han})"), HasSubstr(R"('\p{Han}')"));
  EXPECT_THAT(error_of_pattern("[a&&b]"), HasSubstr("set operation"));
  EXPECT_THAT(error_of_pattern("[a[b]]"), HasSubstr("set operation"));
  EXPECT_THAT(error_of_pattern("(?R)"), HasSubstr("(?R)"));
  EXPECT_THAT(error_of_pattern("(*ACCEPT)"), HasSubstr("(*"));
  EXPECT_THAT(error_of_pattern(R"([\S])"), HasSubstr(R"('\S')"));
  EXPECT_THAT(error_of_pattern(R"([\s-z])"), HasSubstr("range"));
  EXPECT_THAT(error_of_pattern(R"([a-\p{L}])"), HasSubstr("range"));
  EXPECT_THAT(error_of_pattern(R"(a{1,2}+)"), HasSubstr("}+"));
}

TEST(Regex, APatternThatIsBrokenIsRefused) {
  EXPECT_THAT(error_of_pattern("(a"), HasSubstr("not a regular expression"));
  EXPECT_THAT(error_of_pattern("[a"), HasSubstr("not a regular expression"));
  EXPECT_THAT(error_of_pattern("a\\"), HasSubstr("at the end"));
}

TEST(Regex, APatternThatWouldTakeForeverEndsInAnError) {
  const auto regex = Regex::compile("(?:a+)+(?:a+)+b");
  ASSERT_TRUE(regex.ok());
  const auto match = regex->find(std::string(200, 'a') + "cb", 0);
  ASSERT_FALSE(match.ok());
  EXPECT_THAT(match.error().message, HasSubstr("cannot be matched"));
}

}  // namespace
}  // namespace assay::tokenizer
