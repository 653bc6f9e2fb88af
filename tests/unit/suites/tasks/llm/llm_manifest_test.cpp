#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/tasks/llm/llm_manifest.h>
#include <tests/unit/suites/example_suite.h>

namespace assay::suites {
namespace {

using testing::HasSubstr;

nlohmann::json llm_suite() {
  nlohmann::json suite = example_suite();
  suite["task"] = "llm";
  suite.erase("vad");
  suite["llm"] = {{"vocab_size", 2048}, {"max_seq_len", 256}};
  suite["cases"] = {
      {{"name", "text"}, {"golden", "text.safetensors"}},
      {{"name", "prefill-64"}, {"tokens", "text.safetensors"}, {"prefill", 64}},
      {{"name", "decode-128"}, {"tokens", "text.safetensors"}, {"depth", 128}, {"decode", 32}}};
  return suite;
}

Result<SuiteManifest> parse_llm(const nlohmann::json& suite) {
  return parse_manifest(suite.dump(), "/suites/llm.json", built_in_tasks());
}

TEST(LlmSuite, TextAndSpeedCasesAreRead) {
  const auto manifest = parse_llm(llm_suite());
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  const auto& task = manifest->task_part.as<LlmSuite>();
  EXPECT_EQ(task.vocab_size, 2048U);
  EXPECT_EQ(task.max_seq_len, 256U);
  EXPECT_EQ(manifest->cases[0].golden, "/suites/text.safetensors");
  EXPECT_FALSE(manifest->cases[0].task_part.as<LlmCase>().speed.has_value());
  EXPECT_EQ(manifest->cases[1].task_part.as<LlmCase>().speed->prefill, 64U);
  EXPECT_EQ(manifest->cases[2].task_part.as<LlmCase>().speed->depth, 128U);
  EXPECT_EQ(manifest->cases[2].task_part.as<LlmCase>().speed->decode, 32U);
}

TEST(LlmSuite, ACaseCannotBeOfTwoKinds) {
  auto suite = llm_suite();
  suite["cases"][1]["decode"] = 3;
  EXPECT_THAT(parse_llm(suite).error().message, HasSubstr("/cases/1/decode"));
  suite = llm_suite();
  suite["cases"][0]["wav"] = "clip.wav";
  EXPECT_THAT(parse_llm(suite).error().message, HasSubstr("/cases/0/wav"));
}

TEST(LlmSuite, AnUnlikelyNumberIsRefusedWithItsPlace) {
  for (const std::int64_t size : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40}) {
    auto suite = llm_suite();
    suite["llm"]["vocab_size"] = size;
    EXPECT_THAT(parse_llm(suite).error().message, HasSubstr("/llm/vocab_size")) << size;
    suite = llm_suite();
    suite["cases"][1]["prefill"] = size;
    EXPECT_THAT(parse_llm(suite).error().message, HasSubstr("/cases/1/prefill")) << size;
  }
}

TEST(LlmSuite, ItsOwnObjectIsNeeded) {
  auto suite = llm_suite();
  suite.erase("llm");
  EXPECT_THAT(parse_llm(suite).error().message, HasSubstr("llm"));
}

}  // namespace
}  // namespace assay::suites
