#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/comparators.h>
#include <harness/model/metric.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/task_adapter.h>
#include <tests/fakes/temporary_folder.h>
#include <tests/unit/suites/example_suite.h>

namespace assay::suites {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kNanOutput = std::numeric_limits<float>::quiet_NaN();

/// A clip of 20 samples: two whole chunks of 8 and a half one.
class VadAdapterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::int16_t> samples;
    for (int i = 1; i <= 20; ++i) {
      samples.push_back(static_cast<std::int16_t>(i * 1024));
    }
    wav_ = wav_bytes(samples);
    write("clip.wav", wav_);
    golden_ = example_golden({0.1F, 0.9F, 0.8F}, wav_);
    write("clip.safetensors", golden_bytes(golden_));
  }

  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file_atomically(folder_ / name, bytes).ok());
  }

  /// Adds labels with these segments to the case.
  void label(const json& segments) {
    suite_["cases"][0]["labels"] = "clip.labels.json";
    write("clip.labels.json",
          json{{"version", 1}, {"sample_rate_hz", 16000}, {"samples", 20}, {"segments", segments}}
              .dump());
  }

  const TaskAdapter& adapter() {
    manifest_ = parse_manifest(suite_.dump(), folder_ / "a.json", built_in_tasks()).value();
    adapter_ = make_task_adapter(manifest_);
    return *adapter_;
  }
  const CaseSpec& clip() const { return manifest_.cases[0]; }

  Result<PreparedInputs> inputs() {
    const TaskAdapter& task = adapter();
    return task.make_inputs(clip());
  }

  std::string inputs_error() {
    auto prepared = inputs();
    return prepared.ok() ? "no error" : prepared.error().message;
  }

  std::string reference_error() {
    const auto prepared = inputs();
    if (!prepared.ok()) {
      return "inputs: " + prepared.error().message;
    }
    auto reference = adapter_->load_reference(clip(), *prepared);
    return reference.ok() ? "no error" : reference.error().message;
  }

  /// Scores outputs against the golden.
  CaseScores score(const CaseOutputs& outputs) {
    const auto prepared = inputs().value();
    const auto reference = adapter_->load_reference(clip(), prepared).value();
    return adapter_->score(*reference, outputs);
  }

  /// Outputs that equal the golden.
  CaseOutputs golden_outputs() const { return outputs_of(golden_); }

  static CaseOutputs outputs_of(const ExampleGolden& values) {
    const auto steps = static_cast<std::int64_t>(values.scores.size());
    CaseOutputs outputs;
    outputs.outputs = {Tensor::from_floats("score", {steps, 1, 1}, values.scores),
                       Tensor::from_floats("h", {steps, 1, kState}, values.state_h),
                       Tensor::from_floats("c", {steps, 1, kState}, values.state_c)};
    return outputs;
  }

  fakes::TemporaryFolder folder_;
  json suite_ = example_suite();
  std::string wav_;
  ExampleGolden golden_;
  SuiteManifest manifest_;
  std::unique_ptr<TaskAdapter> adapter_;
};

std::optional<double> vad_value(const CaseScores& scores, std::string_view metric) {
  for (const Score& score : scores.scores) {
    if (score.metric == metric) {
      return score.value;
    }
  }
  return std::nullopt;
}

TEST_F(VadAdapterTest, WindowsOverlapByTheContextAndAreFilledWithZeros) {
  const auto prepared = inputs();
  ASSERT_TRUE(prepared.ok()) << prepared.error().message;
  EXPECT_EQ(prepared->inputs.step_count, 3U);
  ASSERT_EQ(prepared->inputs.inputs.size(), 1U);
  const StepInput& chunk = prepared->inputs.inputs[0];
  EXPECT_EQ(chunk.input, 0U);
  EXPECT_EQ(chunk.stride_elements, 8U);
  const auto values = chunk.data.to_floats();
  ASSERT_EQ(values.size(), 2U + 3 * 8);
  EXPECT_EQ(values[0], 0.0F);
  EXPECT_EQ(values[1], 0.0F);
  for (std::size_t i = 1; i <= 20; ++i) {
    EXPECT_EQ(values[i + 1], static_cast<float>(i) / 32);
  }
  EXPECT_THAT(std::vector<float>(values.end() - 4, values.end()), ElementsAre(0, 0, 0, 0));
}

TEST_F(VadAdapterTest, InputsCarryLengthHashAndStateLinks) {
  const auto prepared = inputs();
  ASSERT_TRUE(prepared.ok());
  EXPECT_DOUBLE_EQ(prepared->audio_seconds, 20.0 / 16000);
  EXPECT_EQ(prepared->input_sha256, sha256_hex(std::as_bytes(std::span(wav_))));
  ASSERT_EQ(prepared->inputs.state.size(), 2U);
  EXPECT_EQ(prepared->inputs.state[0].input, 1U);
  EXPECT_EQ(prepared->inputs.state[0].output, 1U);
}

TEST_F(VadAdapterTest, AClipOfWholeChunksGetsNoExtraStep) {
  write("clip.wav", wav_bytes(std::vector<std::int16_t>(16, 1)));
  EXPECT_EQ(inputs()->inputs.step_count, 2U);
}

TEST_F(VadAdapterTest, AWavOfAnotherRateIsRefused) {
  suite_["vad"]["sample_rate_hz"] = 8000;
  EXPECT_THAT(inputs_error(), AllOf(HasSubstr("clip.wav' is 16000 Hz"), HasSubstr("-ar 8000")));
}

TEST_F(VadAdapterTest, AMissingWavIsNotFound) {
  std::filesystem::remove(folder_ / "clip.wav");
  EXPECT_EQ(inputs().error().code, ErrorCode::kNotFound);
}

TEST_F(VadAdapterTest, AModelWithoutAChunkInputIsRefused) {
  suite_["model"]["inputs"][0]["name"] = "audio";
  EXPECT_THAT(inputs_error(),
              HasSubstr("/model: task vad feeds an input 'chunk', which is missing"));
}

TEST_F(VadAdapterTest, AChunkInputOfAnotherSizeOrDtypeIsRefused) {
  suite_["model"]["inputs"][0]["shape"] = {1, 8};
  EXPECT_THAT(inputs_error(), AllOf(HasSubstr("feeds input 'chunk' with 10 float32 samples"),
                                    HasSubstr("the manifest says float32[1,8]")));
  suite_["model"]["inputs"][0]["shape"] = {1, 10};
  suite_["model"]["inputs"][0]["dtype"] = "int16";
  EXPECT_THAT(inputs_error(), HasSubstr("int16[1,10]"));
}

TEST_F(VadAdapterTest, AnInputThatNothingFeedsIsNamed) {
  suite_["model"]["state"].erase(1);
  EXPECT_THAT(inputs_error(), HasSubstr("does not feed input 'c'"));
}

TEST_F(VadAdapterTest, AChunkThatIsAlsoStateIsRefused) {
  suite_["model"]["outputs"][1]["shape"] = {1, 10};
  suite_["model"]["state"] = {{{"input", "chunk"}, {"output", "h"}},
                              {{"input", "c"}, {"output", "c"}}};
  EXPECT_THAT(inputs_error(), HasSubstr("feeds input 'chunk' itself"));
}

TEST_F(VadAdapterTest, OutputsMustBeThereAndFit) {
  suite_["model"]["outputs"][0]["shape"] = {1, 2};
  EXPECT_THAT(inputs_error(), HasSubstr("needs output 'score' to be float32 with 1 element(s)"));
  suite_["model"]["outputs"][0] = {{"name", "logit"}, {"dtype", "float32"}, {"shape", {1, 1}}};
  EXPECT_THAT(inputs_error(), HasSubstr("needs an output 'score'"));
}

TEST_F(VadAdapterTest, AGoodReferenceIsLoadedWithItsHash) {
  const auto prepared = inputs().value();
  const auto reference = adapter_->load_reference(clip(), prepared);
  ASSERT_TRUE(reference.ok()) << reference.error().message;
  EXPECT_EQ((*reference)->golden_sha256(), sha256_file(folder_ / "clip.safetensors").value());
}

TEST_F(VadAdapterTest, AMissingGoldenIsNotFound) {
  std::filesystem::remove(folder_ / "clip.safetensors");
  EXPECT_THAT(reference_error(), HasSubstr("clip.safetensors"));
}

TEST_F(VadAdapterTest, AGoldenOfAnotherModelTaskOrWavIsRefused) {
  const auto error_with = [&](const std::string& key, const std::string& value) {
    ExampleGolden other = golden_;
    other.metadata[key] = value;
    write("clip.safetensors", golden_bytes(other));
    return reference_error();
  };
  EXPECT_THAT(error_with("model_sha256", "bbb"),
              AllOf(HasSubstr("bbb"), HasSubstr(kModelSha256), HasSubstr("another model")));
  EXPECT_THAT(error_with("task", "asr"), HasSubstr("is for task asr"));
  EXPECT_THAT(error_with("wav_sha256", "ccc"), AllOf(HasSubstr("ccc"), HasSubstr("make_golden")));
  EXPECT_THAT(error_with("chunk_samples", "512"),
              HasSubstr("chunk_samples 512, but this case has 8"));
  EXPECT_THAT(error_with("context_samples", "64"), HasSubstr("context_samples 64"));
  EXPECT_THAT(error_with("sample_rate_hz", "8000"), HasSubstr("sample_rate_hz 8000"));
  EXPECT_EQ(error_with("chunk_samples", "8"), "no error");
}

TEST_F(VadAdapterTest, AGoldenOfOtherShapesIsRefused) {
  write("clip.safetensors", golden_bytes(example_golden({0.1F, 0.9F}, wav_)));
  EXPECT_THAT(reference_error(), HasSubstr("'scores' is float32[2], but float32[3] is needed"));
  ExampleGolden wide = golden_;
  wide.state_c.assign(12, 0.0F);
  write("clip.safetensors", golden_bytes(wide));
  EXPECT_THAT(reference_error(), HasSubstr("'state_c' is float32[4,3]"));
}

TEST_F(VadAdapterTest, ATruncatedGoldenIsRefused) {
  write("clip.safetensors", golden_bytes(golden_).substr(0, 100));
  EXPECT_THAT(reference_error(), HasSubstr("truncated"));
}

TEST_F(VadAdapterTest, LabelsOfAnotherClipAreRefused) {
  label(json::array());
  write("clip.labels.json",
        R"({"version": 1, "sample_rate_hz": 16000, "samples": 21, "segments": []})");
  EXPECT_THAT(reference_error(), HasSubstr("for 21 samples at 16000 Hz, but the clip has 20"));
}

TEST_F(VadAdapterTest, TheGoldenAgainstItselfIsPerfect) {
  label({{8, 20}});
  const auto scores = score(golden_outputs());
  for (const char* zero : {"score_max_abs_error", "score_mean_abs_error", "state_h_max_abs_error",
                           "state_c_max_abs_error", "nonfinite_count", "decision_flips",
                           "decision_flip_rate", "segments_gained", "segments_lost"}) {
    EXPECT_EQ(vad_value(scores, zero), 0) << zero;
  }
  for (const char* ceiling : {"score_sqnr_db", "state_h_sqnr_db", "state_c_sqnr_db"}) {
    EXPECT_EQ(vad_value(scores, ceiling), golden::kSqnrCeilingDb) << ceiling;
  }
  for (const char* one : {"frame_precision", "frame_recall", "frame_f1", "roc_auc"}) {
    EXPECT_EQ(vad_value(scores, one), 1) << one;
  }
  EXPECT_NEAR(vad_value(scores, "score_cosine").value(), 1, 1e-12);
  EXPECT_EQ(vad_value(scores, "first_divergence_chunk"), std::nullopt);
  EXPECT_EQ(vad_value(scores, "score_max"), static_cast<double>(0.9F));
}

TEST_F(VadAdapterTest, EveryMetricIsInTheCatalogueAndThereOnce) {
  label({{8, 20}});
  ExampleGolden diverged = golden_;
  diverged.scores = {0.9F, 0.9F, 0.9F};
  std::vector<std::string> seen;
  for (const Score& metric : score(outputs_of(diverged)).scores) {
    EXPECT_NE(find_metric(metric.metric), nullptr) << metric.metric;
    EXPECT_THAT(seen, testing::Not(testing::Contains(metric.metric)));
    seen.push_back(metric.metric);
  }
  EXPECT_THAT(seen, testing::SizeIs(19));
}

TEST_F(VadAdapterTest, WithoutLabelsThereAreNoLabelMetrics) {
  const auto scores = score(golden_outputs());
  for (const char* metric : {"frame_precision", "frame_recall", "frame_f1", "roc_auc"}) {
    EXPECT_EQ(vad_value(scores, metric), std::nullopt) << metric;
  }
  EXPECT_FALSE(scores.series.contains("label"));
}

TEST_F(VadAdapterTest, ErrorsFlipsAndSegmentsAreCounted) {
  // Golden 0.1 0.9 0.8: one segment, chunks 1 and 2.
  ExampleGolden worse = golden_;
  worse.scores = {0.6F, 0.4F, 0.3F};
  const auto scores = score(outputs_of(worse));
  EXPECT_NEAR(vad_value(scores, "score_max_abs_error").value(), 0.5, 1e-6);
  EXPECT_NEAR(vad_value(scores, "score_mean_abs_error").value(), 0.5, 1e-6);
  EXPECT_EQ(vad_value(scores, "decision_flips"), 3);
  EXPECT_EQ(vad_value(scores, "decision_flip_rate"), 1);
  EXPECT_EQ(vad_value(scores, "segments_gained"), 1);
  EXPECT_EQ(vad_value(scores, "segments_lost"), 1);
  EXPECT_EQ(vad_value(scores, "first_divergence_chunk"), 0);
}

TEST_F(VadAdapterTest, TheFirstChunkBeyondTheToleranceIsWhereItDiverges) {
  ExampleGolden drifting = golden_;
  drifting.scores = {0.15F, 0.75F, 0.1F};
  EXPECT_EQ(vad_value(score(outputs_of(drifting)), "first_divergence_chunk"), 1);
}

TEST_F(VadAdapterTest, StateErrorsAreByChunk) {
  ExampleGolden drifting = golden_;
  drifting.state_h[4] = golden_.state_h[4] + 0.25F;  // chunk 1
  drifting.state_c[8] -= 0.5F;                       // chunk 2
  const auto scores = score(outputs_of(drifting));
  EXPECT_THAT(scores.series.at("state_h_error"),
              ElementsAre(0, testing::FloatNear(0.25F, 1e-6F), 0));
  EXPECT_THAT(scores.series.at("state_c_error"), ElementsAre(0, 0, 0.5F));
  EXPECT_NEAR(vad_value(scores, "state_h_max_abs_error").value(), 0.25, 1e-6);
  EXPECT_EQ(vad_value(scores, "state_c_max_abs_error"), 0.5);
}

TEST_F(VadAdapterTest, AGoldenMayHaveTheStatesOfEveryNthChunkOnly) {
  ExampleGolden drifting = golden_;
  drifting.state_h[4] += 0.25F;  // chunk 1, which the golden will not have
  drifting.state_h[6] += 0.5F;   // chunk 2
  const CaseOutputs outputs = outputs_of(drifting);
  golden_.metadata["state_stride"] = "2";
  for (auto* states : {&golden_.state_h, &golden_.state_c}) {
    states->erase(states->begin() + kState, states->begin() + 2 * kState);
  }
  write("clip.safetensors", golden_bytes(golden_));
  const auto scores = score(outputs);
  EXPECT_NEAR(vad_value(scores, "state_h_max_abs_error").value(), 0.5, 1e-6);
  EXPECT_EQ(vad_value(scores, "state_c_max_abs_error"), 0);
  EXPECT_THAT(scores.series.at("state_h_error"),
              ElementsAre(0, 0, testing::FloatNear(0.5F, 1e-6F)));
}

TEST_F(VadAdapterTest, AStrideThatIsNoNumberIsNamed) {
  golden_.metadata["state_stride"] = "0";
  write("clip.safetensors", golden_bytes(golden_));
  EXPECT_THAT(reference_error(), HasSubstr("state_stride must be 1 or more, not '0'"));
}

TEST_F(VadAdapterTest, SeriesHoldOneValueAChunk) {
  label({{8, 20}});
  const auto series = score(golden_outputs()).series;
  EXPECT_THAT(series.at("score"), ElementsAre(0.1F, 0.9F, 0.8F));
  EXPECT_THAT(series.at("golden_score"), ElementsAre(0.1F, 0.9F, 0.8F));
  EXPECT_THAT(series.at("score_error"), ElementsAre(0, 0, 0));
  EXPECT_THAT(series.at("label"), ElementsAre(0, 1, 1));
}

TEST_F(VadAdapterTest, OutputsAreFoundByNameAndNotByPlace) {
  auto& outputs = suite_["model"]["outputs"];
  std::swap(outputs[0], outputs[2]);
  auto swapped = golden_outputs();
  std::swap(swapped.outputs[0], swapped.outputs[2]);
  EXPECT_EQ(vad_value(score(swapped), "score_max_abs_error"), 0);
  EXPECT_EQ(vad_value(score(swapped), "state_c_max_abs_error"), 0);
}

TEST_F(VadAdapterTest, ANanScoreIsCountedWrongAndNeverPasses) {
  label({{8, 20}});
  ExampleGolden broken = golden_;
  broken.scores[1] = kNanOutput;
  auto scores = score(outputs_of(broken));
  EXPECT_EQ(vad_value(scores, "nonfinite_count"), 1);
  EXPECT_EQ(vad_value(scores, "score_max_abs_error"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(vad_value(scores, "score_sqnr_db"), golden::kSqnrFloorDb);
  EXPECT_EQ(vad_value(scores, "decision_flips"), 1);
  EXPECT_EQ(vad_value(scores, "frame_recall"), 0.5);
  EXPECT_EQ(vad_value(scores, "first_divergence_chunk"), 1);
  EXPECT_EQ(vad_value(scores, "state_h_max_abs_error"), 0);
  apply_thresholds(manifest_, {.case_name = "clip", .variant = "int8"}, scores.scores);
  EXPECT_FALSE(std::all_of(scores.scores.begin(), scores.scores.end(),
                           [](const Score& metric) { return metric.pass; }));
}

TEST_F(VadAdapterTest, ANanInAStateIsCountedToo) {
  ExampleGolden broken = golden_;
  broken.state_h[0] = kNanOutput;
  broken.state_c[0] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(vad_value(score(outputs_of(broken)), "nonfinite_count"), 2);
}

TEST_F(VadAdapterTest, NanEverywhereLeavesNoLargestScore) {
  ExampleGolden broken = golden_;
  broken.scores.assign(3, kNanOutput);
  EXPECT_EQ(vad_value(score(outputs_of(broken)), "score_max"), std::nullopt);
}

TEST_F(VadAdapterTest, OutputsThatAreTooShortCannotPass) {
  ExampleGolden shorter = golden_;
  shorter.scores.resize(1);
  shorter.state_h.resize(kState);
  shorter.state_c.resize(kState);
  const auto scores = score(outputs_of(shorter));
  EXPECT_EQ(vad_value(scores, "nonfinite_count"), 2 * (1 + 2 * kState));
  EXPECT_EQ(vad_value(score({}), "nonfinite_count"), 3 * (1 + 2 * kState));
}

}  // namespace
}  // namespace assay::suites
