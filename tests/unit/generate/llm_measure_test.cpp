#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/generate/llm_measure.h>

namespace assay::generate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto tokens = parse_token_ids(text, "t.json");
  return tokens.ok() ? "no error" : tokens.error().message;
}

TEST(LlmMeasure, TokenIdsAreAListOfWholeNumbers) {
  EXPECT_THAT(parse_token_ids("[1, 0, 49151]", "t.json").value(), ElementsAre(1, 0, 49151));
}

TEST(LlmMeasure, AnEmptyListOfTokensIsRefused) { EXPECT_THAT(refusal("[]"), HasSubstr("t.json")); }

TEST(LlmMeasure, BrokenJsonIsRefused) { EXPECT_THAT(refusal("[1,"), HasSubstr("not valid JSON")); }

TEST(LlmMeasure, AnIdThatIsNoTokenIsRefusedWithItsPlace) {
  EXPECT_THAT(refusal("[1, -1]"), HasSubstr("/1"));
  EXPECT_THAT(refusal("[1, 2, 0.5]"), HasSubstr("/2"));
  EXPECT_THAT(refusal("[2147483648]"), HasSubstr("/0"));
}

TEST(LlmMeasure, APlanThatUsesEveryTokenAndPositionIsFine) {
  EXPECT_TRUE(check_plan({.prefill = {16}, .decode_at = {0, 12}, .decode_tokens = 4}, 16, 16).ok());
}

TEST(LlmMeasure, MoreTokensThanTheFileHasAreRefused) {
  const Status status = check_plan({.prefill = {17}, .decode_at = {}}, 16, 32);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "--prefill 17 needs 17 tokens; the file has 16");
}

TEST(LlmMeasure, DecodingPastTheCacheIsRefused) {
  const Status status = check_plan({.prefill = {}, .decode_at = {13}, .decode_tokens = 4}, 32, 16);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("--decode-at 13 with --decode-tokens 4 needs 17"));
}

}  // namespace
}  // namespace assay::generate
