#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/generate/generator.h>
#include <tests/unit/generate/counting_model.h>

namespace assay::generate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GeneratorTest : public testing::Test {
 protected:
  Result<Generation> run(std::vector<std::int32_t> prompt, std::size_t max_tokens = 100) {
    return generator_.run(
        prompt, max_tokens,
        [&](std::int32_t token) -> Result<bool> {
          seen_.push_back(token);
          return token != enough_;
        },
        stop_);
  }

  CountingEngine engine_;
  LanguageModel model_ = LanguageModel::load(engine_, {}).value();
  Generator generator_{model_, {9}, Sampler({}, kVocabulary)};
  std::vector<std::int32_t> seen_;
  std::int32_t enough_ = -1;
  std::atomic<bool> stop_ = false;
};

TEST_F(GeneratorTest, EndsAtATokenThatEndsATextAndDoesNotShowIt) {
  const auto result = run({5, 6});
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_THAT(result->tokens, ElementsAre(7, 8));
  EXPECT_THAT(seen_, ElementsAre(7, 8));
  EXPECT_EQ(result->reason, StopReason::kEndOfText);
  EXPECT_EQ(result->prompt_tokens, 2U);
}

TEST_F(GeneratorTest, EndsAfterAsManyTokensAsWereAskedFor) {
  const auto result = run({1}, 3);
  EXPECT_THAT(result->tokens, ElementsAre(2, 3, 4));
  EXPECT_EQ(result->reason, StopReason::kMaxTokens);
  EXPECT_EQ(result->inter_token_ns.size(), 2U);
}

TEST_F(GeneratorTest, NoTokensAtAllIsOnlyAPrefill) {
  const auto result = run({1}, 0);
  EXPECT_TRUE(result->tokens.empty());
  EXPECT_GT(result->prefill_ns, 0);
}

TEST_F(GeneratorTest, EndsWhenTheCacheIsFull) {
  Generator generator(model_, {}, Sampler({}, kVocabulary));
  const auto result = generator.run(
      std::vector<std::int32_t>{0, 1, 2}, 100, [](std::int32_t) -> Result<bool> { return true; },
      stop_);
  EXPECT_EQ(result->reason, StopReason::kCacheFull);
  EXPECT_THAT(result->tokens, ElementsAre(3, 4, 5, 6, 7, 8));  // eight positions, and one picked
}

TEST_F(GeneratorTest, EndsWhenTheReaderHadEnough) {
  enough_ = 3;
  const auto result = run({1});
  EXPECT_THAT(result->tokens, ElementsAre(2, 3));
  EXPECT_EQ(result->reason, StopReason::kStopped);
}

TEST_F(GeneratorTest, EndsWhenItIsInterrupted) {
  stop_ = true;
  EXPECT_EQ(run({1})->reason, StopReason::kInterrupted);
}

TEST_F(GeneratorTest, TheNextTurnGoesOnInTheSameCache) {
  ASSERT_TRUE(run({1}, 2).ok());  // 2 3, of which 3 was not fed
  EXPECT_EQ(generator_.position(), 2U);
  const auto second = run({5}, 1);
  EXPECT_EQ(second->prompt_tokens, 2U);
  EXPECT_THAT(second->tokens, ElementsAre(6));
  EXPECT_EQ(generator_.position(), 4U);
}

TEST_F(GeneratorTest, APromptThatDoesNotFitIsRefusedAndNothingIsFed) {
  const auto result = run(std::vector<std::int32_t>(9, 1));
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("9 tokens; the model's cache has 8 positions"));
  EXPECT_EQ(generator_.position(), 0U);
}

TEST_F(GeneratorTest, AnEmptyPromptIsRefused) {
  EXPECT_THAT(run({}).error().message, HasSubstr("prompt is empty"));
}

TEST_F(GeneratorTest, AnErrorOfTheReaderIsPassedOn) {
  const auto result = generator_.run(
      std::vector<std::int32_t>{1}, 5,
      [](std::int32_t) -> Result<bool> { return make_error(ErrorCode::kIo, "no paper"); }, stop_);
  EXPECT_EQ(result.error().message, "no paper");
}

TEST(Generation, RatesAreTokensOverTheirOwnTime) {
  const Generation generation{.prompt_tokens = 10,
                              .tokens = {1, 2, 3},
                              .prefill_ns = 500'000'000,
                              .inter_token_ns = {100'000'000, 300'000'000}};
  EXPECT_DOUBLE_EQ(generation.prefill_tokens_per_second(), 20);
  EXPECT_DOUBLE_EQ(generation.decode_tokens_per_second(), 5);
  EXPECT_DOUBLE_EQ(Generation{}.decode_tokens_per_second(), 0);
}

}  // namespace
}  // namespace assay::generate
