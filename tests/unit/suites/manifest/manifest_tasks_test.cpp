#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <tests/unit/suites/example_suite.h>
#include <tests/unit/suites/tasks/asr/asr_suite.h>

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

Result<SuiteManifest> parse_suite(const nlohmann::json& suite) {
  return parse_manifest(suite.dump(), "/suites/llm.json");
}

TEST(LlmSuite, TextAndSpeedCasesAreRead) {
  const auto manifest = parse_suite(llm_suite());
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  const auto& task = std::get<LlmTask>(manifest->task);
  EXPECT_EQ(task.vocab_size, 2048U);
  EXPECT_EQ(task.max_seq_len, 256U);
  EXPECT_EQ(manifest->cases[0].golden, "/suites/text.safetensors");
  EXPECT_TRUE(manifest->cases[0].wav.empty());
  EXPECT_FALSE(manifest->cases[0].speed.has_value());
  EXPECT_EQ(manifest->cases[1].speed->prefill, 64U);
  EXPECT_EQ(manifest->cases[2].speed->depth, 128U);
  EXPECT_EQ(manifest->cases[2].speed->decode, 32U);
}

TEST(LlmSuite, ACaseCannotBeOfTwoKinds) {
  auto suite = llm_suite();
  suite["cases"][1]["decode"] = 3;
  EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("/cases/1/decode"));
  suite = llm_suite();
  suite["cases"][0]["wav"] = "clip.wav";
  EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("/cases/0/wav"));
}

TEST(LlmSuite, AnUnlikelyNumberIsRefusedWithItsPlace) {
  for (const std::int64_t size : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40}) {
    auto suite = llm_suite();
    suite["llm"]["vocab_size"] = size;
    EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("/llm/vocab_size")) << size;
    suite = llm_suite();
    suite["cases"][1]["prefill"] = size;
    EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("/cases/1/prefill")) << size;
  }
}

TEST(LlmSuite, ItsOwnObjectIsNeeded) {
  auto suite = llm_suite();
  suite.erase("llm");
  EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("llm"));
}

TEST(AsrSuite, UtterancesNoiseAndOneRecordingAreRead) {
  auto suite = asr_suite();
  suite["cases"][0]["noise"] = {{"wav", "pink.wav"}, {"snr_db", -5}};
  suite["cases"].push_back({{"name", "one"}, {"wav", "one.flac"}});
  const auto manifest = parse_suite(suite);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  const auto& task = std::get<AsrTask>(manifest->task);
  EXPECT_EQ(task.window_samples, 3'200U);
  EXPECT_EQ(task.frames_per_window(), 5U);
  EXPECT_EQ(task.vocabulary, "/suites/vocab.json");
  EXPECT_EQ(manifest->cases[0].utterances, "/suites/said.json");
  EXPECT_EQ(manifest->cases[0].noise->wav, "/suites/pink.wav");
  EXPECT_EQ(manifest->cases[0].noise->snr_db, -5);
  EXPECT_EQ(manifest->cases[1].wav, "/suites/one.flac");
  EXPECT_TRUE(manifest->cases[1].golden.empty());
}

TEST(AsrSuite, ACaseIsEitherUtterancesOrOneRecording) {
  auto suite = asr_suite();
  suite["cases"][0]["wav"] = "one.wav";
  EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("either 'utterances' or 'wav'"));
  suite["cases"][0] = {{"name", "none"}};
  EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("either 'utterances' or 'wav'"));
}

TEST(AsrSuite, AnUnlikelyNumberIsRefusedWithItsPlace) {
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, int>>{{"sample_rate_hz", 44'100},
                                                {"window_samples", 0},
                                                {"overlap_samples", 3'200},
                                                {"samples_per_frame", 0},
                                                {"mel_bins", 0}}) {
    auto suite = asr_suite();
    suite["asr"][key] = value;
    EXPECT_THAT(parse_suite(suite).error().message, HasSubstr(std::string("/asr/") + key)) << key;
  }
  auto suite = asr_suite();
  suite["asr"]["overlap_samples"] = 700;
  EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("must be whole frames of 640"));
  suite = asr_suite();
  suite["cases"][0]["noise"] = {{"wav", "pink.wav"}, {"snr_db", 1e9}};
  EXPECT_THAT(parse_suite(suite).error().message, HasSubstr("/cases/0/noise/snr_db"));
}

}  // namespace
}  // namespace assay::suites
