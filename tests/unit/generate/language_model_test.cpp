#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/generate/language_model.h>
#include <tests/unit/generate/counting_model.h>

namespace assay::generate {
namespace {

using testing::HasSubstr;

Result<LanguageModel> load(CountingOptions options = {}) {
  CountingEngine engine(std::move(options));
  return LanguageModel::load(engine, {.pte = "m.pte"});
}

TEST(LanguageModel, SaysWhatTheProgramSays) {
  const auto model = load(
      {.constants = {
           {"get_max_seq_len", {6}}, {"get_eos_ids", {7, 9}}, {"get_kv_cache_bytes", {4096}}}});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->vocab_size(), 10U);
  EXPECT_EQ(model->max_positions(), 6U);
  EXPECT_EQ(model->eos_ids(), (std::vector<std::int64_t>{7, 9}));
  EXPECT_EQ(model->kv_cache_bytes(), 4096);
}

TEST(LanguageModel, GivesTheLogitsAfterTheLastToken) {
  for (const bool all_logits : {false, true}) {
    auto model = load({.all_logits = all_logits});
    const auto logits = model->feed(std::vector<std::int32_t>{1, 2, 3}, 0);
    ASSERT_TRUE(logits.ok()) << logits.error().message;
    ASSERT_EQ(logits->size(), 10U);
    EXPECT_EQ((*logits)[4], 5.0F);
  }
}

TEST(LanguageModel, AModelOfOneTokenAtATimeIsFedSo) {
  auto model = load({.tokens_at_once = 1});
  EXPECT_EQ(model->max_positions(), 8U);
  const auto logits = model->feed(std::vector<std::int32_t>{1, 2, 3}, 0);
  ASSERT_TRUE(logits.ok()) << logits.error().message;
  EXPECT_EQ((*logits)[4], 5.0F);
}

TEST(LanguageModel, OneTokenAtATimeWithoutAStatedCacheIsRefused) {
  const auto model = load({.tokens_at_once = 1, .constants = {}});
  ASSERT_FALSE(model.ok());
  EXPECT_THAT(model.error().message, HasSubstr("get_max_seq_len"));
}

TEST(LanguageModel, AProgramOfOtherInputsIsRefusedWithThem) {
  const auto model = load({.token_type = DType::kFloat32});
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(model.error().message, HasSubstr("(float32[1,8], int64[1])"));
}

TEST(LanguageModel, ATokenOutsideTheVocabularyIsRefused) {
  auto model = load();
  for (const std::int32_t token : {-1, 10}) {
    const auto logits = model->feed(std::vector<std::int32_t>{1, token}, 0);
    ASSERT_FALSE(logits.ok());
    EXPECT_THAT(logits.error().message, HasSubstr(fmt::format("token id {} is outside", token)));
  }
}

TEST(LanguageModel, PositionsBeyondTheCacheAreRefused) {
  auto model = load();
  const std::vector<std::int32_t> two{1, 2};
  EXPECT_TRUE(model->feed(two, 6).ok());
  EXPECT_THAT(model->feed(two, 7).error().message, HasSubstr("cache of 8 positions"));
  EXPECT_FALSE(model->feed(two, static_cast<std::size_t>(-1)).ok());
}

TEST(LanguageModel, NothingToFeedIsRefused) {
  auto model = load();
  EXPECT_EQ(model->feed({}, 0).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace assay::generate
