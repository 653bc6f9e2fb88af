#include <limits>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <reports/chain/chain_renderers.h>

namespace assay::reports {
namespace {

using ::testing::HasSubstr;

pipeline::ChainSuite assistant() { return {.name = "assistant", .description = "a voice chain"}; }

/// One stage with too few samples for the upper end of its interval, one clip.
pipeline::MixOutcome played(std::string name) {
  pipeline::StageSummary stage{.stage = "asr", .count = 4, .p50_ms = 1.5};
  stage.p95_ms = {.value = 2, .interval = {1, std::numeric_limits<double>::infinity()}};
  stage.budget = pipeline::ChainBudget{.stage = "asr", .p95_ms = 3, .why = "half of a chunk"};
  pipeline::MixSummary summary{.model_bytes = 2'000'000};
  summary.stages = {stage};
  summary.clips = {{.clip = "call", .texts = {"hello"}, .first_tokens = {7}}};
  summary.peak_bytes = 3'000'000;
  return {.mix = {.name = std::move(name)}, .summary = summary};
}

TEST(ChainText, AnEndThatNoSampleBoundsIsAQuestionMark) {
  EXPECT_THAT(render_chain_text(assistant(), {played("int8")}), HasSubstr("1 to ?"));
}

TEST(ChainText, AMixThatFailedSaysWhyAndHasDashesAmongTheOthers) {
  const pipeline::MixOutcome failed{
      .mix = {.name = "int4"}, .summary = {}, .reason = "the process died\nfrom signal 11"};
  const std::string text = render_chain_text(assistant(), {played("int8"), failed});
  EXPECT_THAT(text, HasSubstr("  error: the process died from signal 11\n"));
  EXPECT_THAT(text, HasSubstr("All mixes\n"));
}

TEST(ChainJson, AnOpenEndIsNull) {
  const auto document = nlohmann::json::parse(render_chain_json(assistant(), {played("int8")}));
  const auto& stage = document["mixes"][0]["stages"][0];
  EXPECT_EQ(stage["p95_low_ms"], 1);
  EXPECT_TRUE(stage["p95_high_ms"].is_null());
  EXPECT_EQ(stage["budget_ms"], 3);
}

}  // namespace
}  // namespace assay::reports
