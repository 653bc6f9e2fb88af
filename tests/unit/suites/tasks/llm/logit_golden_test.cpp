#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/tasks/llm/logit_golden.h>
#include <tests/fakes/logit_golden_bytes.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::int32_t> kGoldenTokens{1, 2, 0, 3};
const std::vector<std::vector<float>> kGoldenRows{{0, 1, 2, 3}, {3, 0, 0, 1}};

fakes::LogitGoldenParts parts(std::size_t stored) {
  return fakes::logit_golden(kGoldenTokens, kGoldenRows, stored, "aa");
}

Result<LogitGolden> parse_logits(const fakes::LogitGoldenParts& golden) {
  const std::string bytes = golden.bytes();
  const auto file = golden::parse_golden(std::as_bytes(std::span(bytes)), "g.safetensors");
  return file.ok() ? parse_logit_golden(*file) : Result<LogitGolden>(file.error());
}

TEST(LogitGolden, ASparseOneGivesItsMostLikelyTokensAndTheTail) {
  const auto golden = parse_logits(parts(2));
  ASSERT_TRUE(golden.ok()) << golden.error().message;
  EXPECT_FALSE(golden->dense());
  EXPECT_EQ(golden->vocab_size, 4U);
  EXPECT_EQ(golden->tokens, kGoldenTokens);
  EXPECT_THAT(golden->positions, ElementsAre(1, 2));
  EXPECT_THAT(std::vector(golden->sparse_row(1).ids.begin(), golden->sparse_row(1).ids.end()),
              ElementsAre(0, 3));
  const auto log_p = fakes::log_softmax(kGoldenRows[1]);
  EXPECT_NEAR(golden->sparse_row(1).tail_mass, std::exp(log_p[1]) + std::exp(log_p[2]), 1e-6);
  EXPECT_NEAR(static_cast<double>(golden->target_log_probs[1]), log_p[3], 1e-6);
}

TEST(LogitGolden, ADenseOneGivesTheSameTargets) {
  const auto dense = parse_logits(parts(0));
  const auto sparse = parse_logits(parts(1));
  ASSERT_TRUE(dense.ok()) << dense.error().message;
  EXPECT_TRUE(dense->dense());
  for (std::size_t row = 0; row < kGoldenRows.size(); ++row) {
    EXPECT_NEAR(dense->target_log_probs[row], sparse->target_log_probs[row], 1e-5F);
    EXPECT_NEAR(dense->log_totals[row], sparse->log_totals[row], 1e-5F);
  }
}

TEST(LogitGolden, EachMissingTensorIsNamed) {
  for (const char* name : {"tokens", "positions", "top_ids", "top_logprobs", "tail_mass",
                           "tail_entropy", "logsumexp", "target_logprobs"}) {
    auto golden = parts(2);
    std::erase_if(golden.tensors, [&](const Tensor& tensor) { return tensor.spec.name == name; });
    const auto parsed = parse_logits(golden);
    ASSERT_FALSE(parsed.ok()) << name;
    EXPECT_THAT(parsed.error().message, HasSubstr(std::string("'") + name + "'"));
  }
}

TEST(LogitGolden, ATokenOutsideTheVocabularyIsNamed) {
  auto golden = fakes::logit_golden({1, 2, 0, 3}, kGoldenRows, 2, "aa");
  golden.tensor("tokens") = fakes::from_integers("tokens", {4}, {1, 2, 4, 3});
  EXPECT_THAT(parse_logits(golden).error().message, HasSubstr("token id 4; the vocabulary has 4"));
  golden = parts(2);
  golden.tensor("top_ids") = fakes::from_integers("top_ids", {2, 2}, {0, 1, -1, 2});
  EXPECT_THAT(parse_logits(golden).error().message, HasSubstr("token id -1"));
}

TEST(LogitGolden, PositionsMustFollowEachOtherAndHaveANextToken) {
  for (const std::vector<std::int32_t>& positions :
       {std::vector<std::int32_t>{0, 2}, {2, 3}, {-1, 0}, {1, 1}}) {
    auto golden = parts(2);
    golden.tensor("positions") = fakes::from_integers("positions", {2}, positions);
    EXPECT_THAT(parse_logits(golden).error().message, HasSubstr("cannot be scored"));
  }
}

TEST(LogitGolden, AnUnknownKindOrVocabularyIsRefused) {
  auto golden = parts(2);
  golden.metadata["llm_kind"] = "poem";
  EXPECT_THAT(parse_logits(golden).error().message, HasSubstr("'poem'"));
  for (const char* size : {"", "x", "4x", "0", "99999999999999999999"}) {
    golden = parts(2);
    golden.metadata["vocab_size"] = size;
    EXPECT_THAT(parse_logits(golden).error().message, HasSubstr("vocab_size")) << size;
  }
}

}  // namespace
}  // namespace assay::suites
