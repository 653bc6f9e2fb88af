#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <suites/tasks/llm/llm_adapter.h>
#include <tests/fakes/logit_golden_bytes.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kLlmSha256(64, 'a');
constexpr std::size_t kVocabulary = 4;
constexpr std::size_t kPositions = 8;

/// Tokens 1 3 0 2 1, of which the last three predictions are scored.
fakes::LogitGoldenParts example_logit_golden() {
  return fakes::logit_golden({1, 3, 0, 2, 1}, {{0, 1, 2, 3}, {3, 0, 0, 1}, {0, 5, 0, 1}}, 2,
                             kLlmSha256);
}

class LlmAdapterTest : public testing::Test {
 protected:
  LlmAdapterTest() {
    manifest_.file = "llm.json";
    manifest_.task_part =
        TaskPart::of(LlmSuite{.vocab_size = kVocabulary, .max_seq_len = kPositions});
    manifest_.reference.model_sha256 = kLlmSha256;
    manifest_.model.inputs = {{"tokens", DType::kInt64, {1, kPositions}},
                              {"input_pos", DType::kInt64, {1}}};
    manifest_.model.outputs = {{"logits", DType::kFloat32, {1, kVocabulary}}};
    write(example_logit_golden());
  }

  void write(const fakes::LogitGoldenParts& golden) {
    ASSERT_TRUE(write_file_atomically(spec_.golden, golden.bytes()).ok());
  }

  LlmAdapter adapter() const { return {manifest_, manifest_.task_part.as<LlmSuite>()}; }

  /// Tokens and position of each execution, in words.
  std::vector<std::string> executions(const CaseInputs& inputs) const {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < inputs.execution_count(); ++i) {
      const StepWindow& window = inputs.inputs[0].windows[i];
      std::vector<std::int64_t> ids(window.length);
      std::memcpy(ids.data(), inputs.inputs[0].data.data.data() + window.offset * 8,
                  window.length * 8);
      std::int64_t position = 0;
      std::memcpy(&position, inputs.inputs[1].data.data.data() + i * 8, 8);
      words.push_back(fmt::format("{} at {}", fmt::join(ids, ","), position));
    }
    return words;
  }

  fakes::TemporaryFolder folder_;
  SuiteManifest manifest_;
  CaseSpec spec_{.name = "one",
                 .golden = folder_.path() / "g.safetensors",
                 .task_part = TaskPart::of(LlmCase())};
};

TEST_F(LlmAdapterTest, ATextIsAPromptAndThenTokenAfterToken) {
  const auto prepared = adapter().make_inputs(spec_);
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ(prepared->inputs.setup_count, 1U);
  EXPECT_EQ(prepared->inputs.step_count, 3U);
  EXPECT_THAT(executions(prepared->inputs), ElementsAre("1 at 0", "3 at 1", "0 at 2", "2 at 3"));
  EXPECT_FALSE(prepared->tokens->prefill);
}

TEST_F(LlmAdapterTest, APrefillCaseIsOneExecutionOfRepeatedTokens) {
  spec_.task_part = TaskPart::of(LlmCase{.speed = LlmSpeed{.prefill = 7}});
  const auto prepared = adapter().make_inputs(spec_);
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_THAT(executions(prepared->inputs), ElementsAre("1,3,0,2,1,1,3 at 0"));
  EXPECT_TRUE(prepared->tokens->prefill);
  EXPECT_EQ(prepared->tokens->tokens_per_step, 7U);
}

TEST_F(LlmAdapterTest, ADecodeCaseFillsTheCacheFirst) {
  spec_.task_part = TaskPart::of(LlmCase{.speed = LlmSpeed{.depth = 2, .decode = 2}});
  const auto prepared = adapter().make_inputs(spec_);
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ(prepared->inputs.setup_count, 1U);
  EXPECT_THAT(executions(prepared->inputs), ElementsAre("1,3 at 0", "0 at 2", "2 at 3"));
}

TEST_F(LlmAdapterTest, DecodingFromAnEmptyCacheNeedsNoSetup) {
  spec_.task_part = TaskPart::of(LlmCase{.speed = LlmSpeed{.depth = 0, .decode = 2}});
  EXPECT_THAT(executions(adapter().make_inputs(spec_)->inputs), ElementsAre("1 at 0", "3 at 1"));
}

TEST_F(LlmAdapterTest, ACaseThatDoesNotFitIntoTheCacheIsRefused) {
  spec_.task_part = TaskPart::of(LlmCase{.speed = LlmSpeed{.depth = 7, .decode = 2}});
  const auto prepared = adapter().make_inputs(spec_);
  ASSERT_FALSE(prepared.ok());
  EXPECT_THAT(prepared.error().message, HasSubstr("needs 9 positions, the model's cache has 8"));
}

TEST_F(LlmAdapterTest, AModelOfOtherInputsIsRefusedByName) {
  manifest_.model.inputs[1].dtype = DType::kInt32;
  EXPECT_THAT(adapter().make_inputs(spec_).error().message, HasSubstr("'input_pos'"));
  manifest_.model.inputs.clear();
  EXPECT_THAT(adapter().make_inputs(spec_).error().message, HasSubstr("'tokens'"));
}

TEST_F(LlmAdapterTest, AModelOfAnotherVocabularyIsRefused) {
  manifest_.model.outputs[0].shape = {1, 5};
  EXPECT_THAT(adapter().make_inputs(spec_).error().message, HasSubstr("4 logits a token"));
  const Status status = adapter().check_constants({{"get_vocab_size", {5}}});
  EXPECT_THAT(status.error().message, HasSubstr("has 5 tokens, the suite's goldens have 4"));
}

TEST_F(LlmAdapterTest, AModelOfAnotherCacheIsRefused) {
  EXPECT_TRUE(adapter().check_constants({{"get_max_seq_len", {8}}}).ok());
  EXPECT_THAT(adapter().check_constants({{"get_max_seq_len", {16}}}).error().message,
              HasSubstr("--max_seq_len 8"));
  EXPECT_TRUE(adapter().check_constants({}).ok());
}

TEST_F(LlmAdapterTest, AGoldenOfAnotherModelIsRefused) {
  manifest_.reference.model_sha256 = std::string(64, 'b');
  const auto prepared = adapter().make_inputs(spec_);
  EXPECT_THAT(adapter().load_reference(spec_, *prepared).error().message,
              HasSubstr("reference model"));
}

TEST_F(LlmAdapterTest, AGoldenWhoseTokensAreNotThoseItNamesIsRefused) {
  auto golden = example_logit_golden();
  golden.tensor("tokens") = fakes::from_integers("tokens", {5}, {1, 3, 0, 2, 0});
  write(golden);
  const auto prepared = adapter().make_inputs(spec_);
  EXPECT_THAT(adapter().load_reference(spec_, *prepared).error().message,
              HasSubstr("tokens with SHA-256"));
}

TEST_F(LlmAdapterTest, AGoldenOfAnotherTaskIsRefused) {
  auto golden = example_logit_golden();
  golden.metadata["task"] = "vad";
  golden.metadata["wav_sha256"] = "cc";
  write(golden);
  EXPECT_THAT(adapter().make_inputs(spec_).error().message, HasSubstr("is for task vad"));
}

CaseOutputs outputs_of(const std::vector<float>& logits) {
  const auto rows = static_cast<std::int64_t>(logits.size() / kVocabulary);
  return {.outputs = {Tensor::from_floats("logits", {rows, 1, kVocabulary}, logits)},
          .step_hashes = {}};
}

double llm_value(const CaseScores& scores, const std::string& metric) {
  const auto found = std::ranges::find(scores.scores, metric, &Score::metric);
  return found == scores.scores.end() ? -1 : found->value;
}

TEST_F(LlmAdapterTest, TheReferencesOwnLogitsDivergeByNothing) {
  const auto prepared = adapter().make_inputs(spec_);
  const auto reference = adapter().load_reference(spec_, *prepared).value();
  const CaseScores scores =
      adapter().score(*reference, outputs_of({0, 1, 2, 3, 3, 0, 0, 1, 0, 5, 0, 1}));
  EXPECT_NEAR(llm_value(scores, "kld_mean"), 0, 1e-6);
  EXPECT_EQ(llm_value(scores, "top1_agreement"), 1);
  EXPECT_THAT(scores.series.at("token"), ElementsAre(0, 2, 1));
  EXPECT_EQ(scores.series.at("kld").size(), 3U);
}

TEST_F(LlmAdapterTest, MissingLogitsCannotPass) {
  const auto prepared = adapter().make_inputs(spec_);
  const auto reference = adapter().load_reference(spec_, *prepared).value();
  const CaseScores scores = adapter().score(*reference, outputs_of({0, 1, 2, 3}));
  EXPECT_EQ(llm_value(scores, "nonfinite_count"), 8);
  EXPECT_EQ(llm_value(scores, "kld_max"), std::numeric_limits<double>::infinity());
}

TEST_F(LlmAdapterTest, ARunAsTheGoldenOfItselfDivergesByNothing) {
  const auto prepared = adapter().make_inputs(spec_);
  const auto reference = adapter().load_reference(spec_, *prepared).value();
  const auto outputs = outputs_of({1, 1, 2, 3, 3, 2, 0, 1, 0, 5, 4, 1});
  const auto own = adapter().reference_from(*reference, outputs);
  const CaseScores scores = adapter().score(*own, outputs);
  EXPECT_EQ(llm_value(scores, "kld_max"), 0);
  EXPECT_EQ(llm_value(scores, "perplexity_ratio"), 1);
}

TEST_F(LlmAdapterTest, ASpeedCaseIsOnlyAskedForFiniteLogits) {
  spec_.task_part = TaskPart::of(LlmCase{.speed = LlmSpeed{.prefill = 3}});
  const auto prepared = adapter().make_inputs(spec_);
  const auto reference = adapter().load_reference(spec_, *prepared).value();
  const CaseScores scores = adapter().score(*reference, outputs_of({0, 1, 2, 3}));
  ASSERT_EQ(scores.scores.size(), 1U);
  EXPECT_EQ(llm_value(scores, "nonfinite_count"), 0);
}

TEST_F(LlmAdapterTest, TheCacheSizeThatAModelStatesIsAFigure) {
  const auto scores = adapter().constant_scores({{"get_kv_cache_bytes", {1024}}});
  ASSERT_EQ(scores.size(), 1U);
  EXPECT_EQ(scores[0].value, 1024);
  EXPECT_TRUE(adapter().constant_scores({}).empty());
}

}  // namespace
}  // namespace assay::suites
