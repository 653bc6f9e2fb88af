#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/comparators.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/task_adapter.h>
#include <suites/tasks/asr/log_mel.h>
#include <tests/fakes/logit_golden_bytes.h>
#include <tests/fakes/temporary_folder.h>
#include <tests/unit/suites/example_suite.h>
#include <tests/unit/suites/tasks/asr/asr_suite.h>

namespace assay::suites {
namespace {

using fakes::from_integers;
using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kFrames = 5;  // of a window
constexpr std::size_t kWidth = 2;
constexpr std::size_t kWords = 3;

std::string sha256_of(const std::string& bytes) {
  return sha256_hex(std::as_bytes(std::span(bytes)));
}

/// Utterance "short" of 1,600 samples (3 frames) and "long" of 4,000 (7 frames, two windows).
class AsrAdapterTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 5'600; ++i) {
      pcm_.push_back(static_cast<std::int16_t>(i * 7919 % 9'001 - 4'500));
    }
    noise_ = std::vector<std::int16_t>(8'000, 1'000);
    write_all();
    write("vocab.json", R"({"blank": 0, "words": ["<blank>", "on", "off"]})");
    golden_ = {
        {"kind", "golden"},   {"task", "asr"},
        {"model", "tiny"},    {"model_sha256", std::string(64, 'a')},
        {"runtime", "torch"}, {"wav_sha256", sha256_of(wav_bytes(pcm_))},
        {"snr_db", "clean"},
    };
    for (std::size_t i = 0; i < 10 * kWidth; ++i) {
      encodings_.push_back(0.5F + static_cast<float>(i));
    }
    write_golden();
  }

  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file_atomically(folder_ / name, bytes).ok());
  }
  void write_all() {
    write("said.wav", wav_bytes(pcm_));
    write("noise.wav", wav_bytes(noise_));
    list_ = {{"audio", "said.wav"},
             {"audio_sha256", sha256_of(wav_bytes(pcm_))},
             {"sample_rate_hz", 16000},
             {"utterances",
              {{{"name", "short"}, {"start", 0}, {"samples", 1600}, {"text", "On."}},
               {{"name", "long"}, {"start", 1600}, {"samples", 4000}, {"text", "off on"}}}}};
    write("said.json", list_.dump());
  }
  void write_golden() {
    write("said.safetensors",
          fakes::safetensors_bytes(golden_,
                                   {from_integers("frames", {2}, {3, 7}),
                                    Tensor::from_floats("encodings", {10, kWidth}, encodings_),
                                    from_integers("tokens", {3}, {1, 2, 1}),
                                    from_integers("token_counts", {2}, {1, 2})}));
  }
  void add_noise(double snr_db) {
    suite_["cases"][0]["noise"] = {{"wav", "noise.wav"}, {"snr_db", snr_db}};
    golden_["noise_sha256"] = sha256_of(wav_bytes(noise_));
    golden_["snr_db"] = fmt::format("{:g}", snr_db);
    write_golden();
  }

  Result<PreparedInputs> inputs() {
    manifest_ = parse_manifest(suite_.dump(), folder_ / "asr.json", built_in_tasks()).value();
    adapter_ = make_task_adapter(manifest_);
    return adapter_->make_inputs(manifest_.cases[0]);
  }
  std::string inputs_error() {
    const auto prepared = inputs();
    return prepared.ok() ? "no error" : prepared.error().message;
  }
  Result<std::unique_ptr<Reference>> reference() {
    const auto prepared = inputs().value();  // makes the adapter
    return adapter_->load_reference(manifest_.cases[0], prepared);
  }
  std::string reference_error() {
    const auto prepared = inputs();
    if (!prepared.ok()) {
      return "inputs: " + prepared.error().message;
    }
    auto loaded = adapter_->load_reference(manifest_.cases[0], *prepared);
    return loaded.ok() ? "no error" : loaded.error().message;
  }

  /// Outputs of three windows whose own frames are the golden's and say `labels`; what is not an
  /// own frame is rubbish. `own`: window and frame of the ten own frames.
  CaseOutputs outputs(const std::vector<std::int32_t>& labels = {1, 1, 0, 0, 2, 2, 0, 0, 1, 1}) {
    std::vector<float> encodings(3 * kFrames * kWidth, 999);
    std::vector<float> logits(3 * kFrames * kWords, 0);
    // short: window 0, frames 0-2; long: window 1, frames 0-3; window 2 (from frame 3), 1-3.
    const std::vector<std::size_t> own{0, 1, 2, 5, 6, 7, 8, 11, 12, 13};
    for (std::size_t i = 0; i < own.size(); ++i) {
      for (std::size_t j = 0; j < kWidth; ++j) {
        encodings[own[i] * kWidth + j] = encodings_[i * kWidth + j];
      }
      logits[own[i] * kWords + static_cast<std::size_t>(labels[i])] = 5;
    }
    CaseOutputs result;
    result.outputs = {Tensor::from_floats("encodings", {3, 1, kFrames, kWidth}, encodings),
                      Tensor::from_floats("logits", {3, 1, kFrames, kWords}, logits)};
    return result;
  }
  CaseScores score(const CaseOutputs& outputs) {
    const auto loaded = reference();
    EXPECT_TRUE(loaded.ok()) << loaded.error().message;
    return adapter_->score(**loaded, outputs);
  }

  fakes::TemporaryFolder folder_;
  json suite_ = asr_suite();
  json list_;
  std::vector<std::int16_t> pcm_;
  std::vector<std::int16_t> noise_;
  std::map<std::string, std::string> golden_;
  std::vector<float> encodings_;
  SuiteManifest manifest_;
  std::unique_ptr<TaskAdapter> adapter_;
};

std::optional<double> asr_value(const CaseScores& scores, std::string_view metric) {
  for (const Score& score : scores.scores) {
    if (score.metric == metric) {
      return score.value;
    }
  }
  return std::nullopt;
}

void set_float(Tensor& tensor, std::size_t index, float value) {
  std::memcpy(tensor.data.data() + index * sizeof value, &value, sizeof value);
}

TEST_F(AsrAdapterTest, EveryWindowIsAStepWithTheFrontEndsSpectrogram) {
  const auto prepared = inputs();
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ(prepared->inputs.step_count, 3U);
  EXPECT_DOUBLE_EQ(prepared->audio_seconds, 5'600.0 / 16'000);
  const StepInput& mel = prepared->inputs.inputs.at(0);
  EXPECT_EQ(mel.stride_elements, 80U);
  // The third window: from sample 1,920 of the long utterance on, filled with zeros.
  std::vector<float> window(3'200, 0);
  for (std::size_t i = 0; i < 4'000 - 1'920; ++i) {
    window[i] = static_cast<float>(pcm_[1'600 + 1'920 + i]) / 32768;
  }
  std::vector<float> expected(80);
  LogMel(4).compute(window, expected);
  const auto values = mel.data.to_floats();
  EXPECT_EQ(std::vector<float>(values.end() - 80, values.end()), expected);
}

TEST_F(AsrAdapterTest, PerfectOutputsScorePerfectly) {
  const CaseScores scores = score(outputs());
  EXPECT_EQ(asr_value(scores, "encoding_sqnr_db"), golden::kSqnrCeilingDb);
  EXPECT_EQ(asr_value(scores, "encoding_max_abs_error"), 0);
  EXPECT_EQ(asr_value(scores, "wer"), 0);
  EXPECT_EQ(asr_value(scores, "cer"), 0);
  EXPECT_EQ(asr_value(scores, "wer_vs_golden"), 0);
  EXPECT_EQ(asr_value(scores, "transcripts_unchanged"), 1);
  EXPECT_EQ(asr_value(scores, "nonfinite_count"), 0);
  EXPECT_THAT(scores.series.at("transcript_tokens"), ElementsAre(1, 2, 1));
  EXPECT_THAT(scores.series.at("transcript_token_counts"), ElementsAre(1, 2));
  EXPECT_EQ(scores.series.at("encoding_error").size(), 10U);
}

TEST_F(AsrAdapterTest, AWordThatStraddlesTwoWindowsIsOneWord) {
  // Frames 3 and 4 of the long utterance are of different windows.
  const CaseScores scores = score(outputs({1, 1, 0, 0, 0, 2, 2, 2, 0, 1}));
  EXPECT_EQ(asr_value(scores, "wer"), 0);
}

TEST_F(AsrAdapterTest, OtherWordsAreErrorsAndChanges) {
  const CaseScores scores = score(outputs({2, 2, 0, 0, 2, 2, 0, 0, 0, 0}));
  EXPECT_EQ(asr_value(scores, "wer"), 2.0 / 3);
  EXPECT_EQ(asr_value(scores, "wer_deletions"), 1.0 / 3);
  EXPECT_EQ(asr_value(scores, "wer_substitutions"), 1.0 / 3);
  EXPECT_EQ(asr_value(scores, "transcripts_unchanged"), 0);
}

TEST_F(AsrAdapterTest, NanLogitsLeaveTheUtteranceWithoutATranscript) {
  CaseOutputs bad = outputs();
  set_float(bad.outputs[1], 0, std::numeric_limits<float>::quiet_NaN());
  const CaseScores scores = score(bad);
  EXPECT_EQ(asr_value(scores, "nonfinite_count"), 1);
  EXPECT_EQ(asr_value(scores, "wer"), 1.0 / 3);
  EXPECT_EQ(asr_value(scores, "transcripts_unchanged"), 0.5);
}

TEST_F(AsrAdapterTest, NanInThePaddingIsCountedButHurtsNoTranscript) {
  CaseOutputs bad = outputs();
  set_float(bad.outputs[1], 4 * kWords, std::numeric_limits<float>::infinity());
  const CaseScores scores = score(bad);
  EXPECT_EQ(asr_value(scores, "nonfinite_count"), 1);
  EXPECT_EQ(asr_value(scores, "transcripts_unchanged"), 1);
}

TEST_F(AsrAdapterTest, ShortOutputsCannotPass) {
  CaseOutputs bad = outputs();
  bad.outputs[0] = Tensor::from_floats("encodings", {1, 2}, std::vector<float>{1, 2});
  const CaseScores scores = score(bad);
  EXPECT_EQ(asr_value(scores, "encoding_sqnr_db"), golden::kSqnrFloorDb);
  EXPECT_GT(asr_value(scores, "nonfinite_count"), 0);
}

TEST_F(AsrAdapterTest, ARunCanBeTheReferenceOfAnother) {
  const auto loaded = reference();
  const CaseOutputs other = outputs({2, 2, 0, 0, 2, 2, 0, 0, 1, 1});
  const auto own = adapter_->reference_from(**loaded, other);
  const CaseScores scores = adapter_->score(*own, other);
  EXPECT_EQ(asr_value(scores, "transcripts_unchanged"), 1);
  EXPECT_EQ(asr_value(scores, "wer"), 1.0 / 3);
}

TEST_F(AsrAdapterTest, NoiseIsMixedAtTheRatioFromItsOwnPlaceForEachUtterance) {
  for (std::size_t i = 0; i < noise_.size(); ++i) {
    noise_[i] = static_cast<std::int16_t>(i % 201 * 40);
  }
  write_all();
  add_noise(10);
  const auto values = inputs()->inputs.inputs[0].data.to_floats();
  // Utterance 1 of 4,000 samples: noise from 7,919 mod (8,000 - 4,000 + 1) on.
  const std::size_t start = 7'919 % 4'001;
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 0; i < 4'000; ++i) {
    signal += std::pow(pcm_[1'600 + i] / 32768.0, 2);
    noise += std::pow(noise_[start + i] / 32768.0, 2);
  }
  std::vector<float> window(3'200);
  for (std::size_t i = 0; i < window.size(); ++i) {
    window[i] = static_cast<float>(pcm_[1'600 + i] / 32768.0 +
                                   noise_[start + i] / 32768.0 * std::sqrt(signal / (noise * 10)));
  }
  std::vector<float> expected(80);
  LogMel(4).compute(window, expected);
  for (std::size_t i = 0; i < 80; ++i) {
    EXPECT_NEAR(values[80 + i], expected[i], 1e-6) << i;
  }
}

TEST_F(AsrAdapterTest, NoiseThatIsTooShortOrSilentIsRefused) {
  noise_.resize(3'999);
  write_all();
  add_noise(10);
  EXPECT_THAT(inputs_error(), AllOf(HasSubstr("noise.wav' has 3999 samples"),
                                    HasSubstr("utterance 'long' has 4000")));
  noise_.assign(8'000, 0);
  write_all();
  EXPECT_THAT(inputs_error(), HasSubstr("is silent where utterance 'short' hears it"));
}

TEST_F(AsrAdapterTest, TheInputsHashSaysEverythingThatIsHeard) {
  const auto clean = inputs()->input_sha256;
  add_noise(10);
  const auto noisy = inputs()->input_sha256;
  add_noise(0);
  EXPECT_NE(clean, noisy);
  EXPECT_NE(noisy, inputs()->input_sha256);
}

TEST_F(AsrAdapterTest, AGoldenOfAnotherNoiseModelOrAudioIsRefused) {
  add_noise(10);
  EXPECT_EQ(reference_error(), "no error");
  suite_["cases"][0]["noise"]["snr_db"] = 0;
  EXPECT_THAT(reference_error(), HasSubstr("a signal-to-noise ratio (dB) of 10, but this case"));
  suite_["cases"][0].erase("noise");
  EXPECT_THAT(reference_error(), HasSubstr("noise with SHA-256"));
  golden_["wav_sha256"] = std::string(64, 'b');
  write_golden();
  EXPECT_THAT(reference_error(), HasSubstr("audio with SHA-256 bbbb"));
  golden_["model_sha256"] = std::string(64, 'c');
  write_golden();
  EXPECT_THAT(reference_error(), HasSubstr("reference model cccc"));
}

TEST_F(AsrAdapterTest, ACleanGoldenIsNotForANoisyCase) {
  suite_["cases"][0]["noise"] = {{"wav", "noise.wav"}, {"snr_db", 10}};
  EXPECT_THAT(reference_error(), HasSubstr("noise with SHA-256 , but this case"));
}

TEST_F(AsrAdapterTest, SpansBeyondTheAudioAreRefused) {
  list_["utterances"][1]["samples"] = 4'001;
  write("said.json", list_.dump());
  EXPECT_THAT(inputs_error(), HasSubstr("utterance 'long' is samples 1600 to 5601"));
  list_["utterances"][1]["start"] = std::int64_t{1} << 47;
  write("said.json", list_.dump());
  EXPECT_THAT(inputs_error(), HasSubstr("utterance 'long'"));
}

TEST_F(AsrAdapterTest, OtherAudioThanTheListsIsRefused) {
  pcm_[0] = 77;
  write("said.wav", wav_bytes(pcm_));
  EXPECT_THAT(inputs_error(), HasSubstr("is about audio with SHA-256"));
}

TEST_F(AsrAdapterTest, AGoldenOfOtherFramesIsRefused) {
  list_["utterances"][1]["samples"] = 3'000;
  write("said.json", list_.dump());
  EXPECT_THAT(reference_error(), HasSubstr("has 7 frames of utterance 1"));
}

TEST_F(AsrAdapterTest, AVocabularyOfAnotherSizeThanTheLogitsIsRefused) {
  write("vocab.json", R"({"blank": 0, "words": ["<blank>", "on"]})");
  EXPECT_THAT(reference_error(), HasSubstr("vocab.json' has 2 words, but the model's 'logits' are "
                                           "3 wide"));
  write("vocab.json", R"({"blank": 3, "words": ["<blank>", "on", "off"]})");
  EXPECT_THAT(reference_error(), HasSubstr("/blank"));
}

TEST_F(AsrAdapterTest, AModelThatDoesNotFitIsRefused) {
  suite_["model"]["inputs"][0]["shape"] = {1, 80, 400};
  EXPECT_THAT(inputs_error(), HasSubstr("'mel' that is float32[1,4,20]"));
  suite_ = asr_suite();
  suite_["model"]["outputs"][0]["shape"] = {1, 4, 2};
  EXPECT_THAT(inputs_error(), HasSubstr("output 'encodings' to be float32[1,5,n]"));
  suite_ = asr_suite();
  suite_["model"]["outputs"].erase(1);
  EXPECT_THAT(inputs_error(), HasSubstr("needs an output 'logits'"));
}

TEST_F(AsrAdapterTest, WithoutAVocabularyOnlyEncodingsAreJudged) {
  suite_["asr"].erase("vocabulary");
  const CaseScores scores = score(outputs());
  EXPECT_EQ(asr_value(scores, "encoding_max_abs_error"), 0);
  EXPECT_FALSE(asr_value(scores, "wer").has_value());
  EXPECT_FALSE(asr_value(scores, "transcripts_unchanged").has_value());
}

TEST_F(AsrAdapterTest, OneRecordingNeedsNeitherTextNorGolden) {
  suite_["cases"][0] = {{"name", "any"}, {"wav", "said.wav"}};
  const auto prepared = inputs();
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ(prepared->input_sha256, sha256_of(wav_bytes(pcm_)));
  const auto loaded = reference();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ((*loaded)->golden_sha256(), "");
  const CaseScores scores = adapter_->score(**loaded, outputs());
  EXPECT_EQ(asr_value(scores, "nonfinite_count"), 0);
  EXPECT_FALSE(asr_value(scores, "wer").has_value());
  EXPECT_FALSE(scores.series.at("transcript_token_counts").empty());
}

TEST_F(AsrAdapterTest, SilenceClippingAndAConstantOffsetAreFiniteInputs) {
  suite_["cases"][0] = {{"name", "any"}, {"wav", "said.wav"}};
  std::vector<std::int16_t> clipped;
  for (int i = 0; i < 1'600; ++i) {
    clipped.push_back(i % 40 < 20 ? std::int16_t{32767} : std::int16_t{-32768});
  }
  for (const auto& pcm : {std::vector<std::int16_t>(1'600, 0), std::vector<std::int16_t>(1, 5),
                          std::vector<std::int16_t>(1'600, 9'000), clipped}) {
    write("said.wav", wav_bytes(pcm));
    const auto prepared = inputs();
    ASSERT_TRUE(prepared.ok()) << prepared.error().message;
    EXPECT_EQ(golden::count_nonfinite(prepared->inputs.inputs[0].data.to_floats()), 0U);
  }
}

TEST_F(AsrAdapterTest, ASilentUtteranceInNoiseStaysSilent) {
  pcm_.assign(5'600, 0);
  write_all();
  golden_["wav_sha256"] = sha256_of(wav_bytes(pcm_));
  add_noise(0);
  for (const float value : inputs()->inputs.inputs[0].data.to_floats()) {
    EXPECT_EQ(value, -1.5F);  // (log10(1e-10) + 4) / 4
  }
}

TEST_F(AsrAdapterTest, TenMinutesAreCutByTheRule) {
  suite_["cases"][0] = {{"name", "any"}, {"wav", "said.wav"}};
  write("said.wav", wav_bytes(std::vector<std::int16_t>(600 * 16'000, 100)));
  const auto prepared = inputs();
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ(prepared->inputs.step_count, 5'000U);  // 1 + ceil((9,600,000 - 3,200) / 1,920)
  EXPECT_DOUBLE_EQ(prepared->audio_seconds, 600);
}

TEST_F(AsrAdapterTest, AudioOfAnotherRateIsRefused) {
  std::string wav = wav_bytes(pcm_);
  wav[24] = '\x44';  // 44,100 Hz
  wav[25] = '\xac';
  write("said.wav", wav);
  EXPECT_THAT(inputs_error(), HasSubstr("is 44100 Hz"));
}

}  // namespace
}  // namespace assay::suites
