#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/tasks/asr/asr_manifest.h>
#include <tests/unit/suites/tasks/asr/asr_suite.h>

namespace assay::suites {
namespace {

using testing::HasSubstr;

Result<SuiteManifest> parse_asr(const nlohmann::json& suite) {
  return parse_manifest(suite.dump(), "/suites/asr.json", built_in_tasks());
}

TEST(AsrSuite, UtterancesNoiseAndOneRecordingAreRead) {
  auto suite = asr_suite();
  suite["cases"][0]["noise"] = {{"wav", "pink.wav"}, {"snr_db", -5}};
  suite["cases"].push_back({{"name", "one"}, {"wav", "one.flac"}});
  const auto manifest = parse_asr(suite);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  const auto& task = manifest->task_part.as<AsrSuite>();
  EXPECT_EQ(task.window_samples, 3'200U);
  EXPECT_EQ(task.frames_per_window(), 5U);
  EXPECT_EQ(task.vocabulary, "/suites/vocab.json");
  EXPECT_EQ(manifest->cases[0].task_part.as<AsrCase>().utterances, "/suites/said.json");
  EXPECT_EQ(manifest->cases[0].task_part.as<AsrCase>().noise->wav, "/suites/pink.wav");
  EXPECT_EQ(manifest->cases[0].task_part.as<AsrCase>().noise->snr_db, -5);
  EXPECT_EQ(manifest->cases[1].task_part.as<AsrCase>().wav, "/suites/one.flac");
  EXPECT_TRUE(manifest->cases[1].golden.empty());
}

TEST(AsrSuite, ACaseIsEitherUtterancesOrOneRecording) {
  auto suite = asr_suite();
  suite["cases"][0]["wav"] = "one.wav";
  EXPECT_THAT(parse_asr(suite).error().message, HasSubstr("either 'utterances' or 'wav'"));
  suite["cases"][0] = {{"name", "none"}};
  EXPECT_THAT(parse_asr(suite).error().message, HasSubstr("either 'utterances' or 'wav'"));
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
    EXPECT_THAT(parse_asr(suite).error().message, HasSubstr(std::string("/asr/") + key)) << key;
  }
  auto suite = asr_suite();
  suite["asr"]["overlap_samples"] = 700;
  EXPECT_THAT(parse_asr(suite).error().message, HasSubstr("must be whole frames of 640"));
  suite = asr_suite();
  suite["cases"][0]["noise"] = {{"wav", "pink.wav"}, {"snr_db", 1e9}};
  EXPECT_THAT(parse_asr(suite).error().message, HasSubstr("/cases/0/noise/snr_db"));
}

}  // namespace
}  // namespace assay::suites
