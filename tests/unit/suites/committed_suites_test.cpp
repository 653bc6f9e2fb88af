#include <gtest/gtest.h>

#include <golden/comparators.h>
#include <golden/golden_file.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/manifest/suite_finder.h>
#include <suites/manifest/suite_survey.h>
#include <suites/task_adapter.h>

namespace assay::suites {
namespace {

SuiteManifest committed_vad() {
  return load_manifest(ASSAY_SOURCE_DIR "/suites/vad.json", built_in_tasks()).value();
}

/// A row for each chunk, of a tensor that has one for every `stride`th.
Tensor hold_rows(const Tensor& states, std::size_t stride, const TensorSpec& scores) {
  const std::vector<float> kept = states.to_floats();
  const auto width = static_cast<std::size_t>(states.spec.shape[1]);
  std::vector<float> held;
  for (std::size_t chunk = 0; chunk < scores.element_count(); ++chunk) {
    const auto row = kept.begin() + static_cast<std::ptrdiff_t>(chunk / stride * width);
    held.insert(held.end(), row, row + static_cast<std::ptrdiff_t>(width));
  }
  return Tensor::from_floats(states.spec.name, {scores.shape[0], states.spec.shape[1]}, held);
}

/// The golden's values in the form in which a worker sends outputs.
CaseOutputs outputs_from_golden(const CaseSpec& spec, const SuiteManifest& manifest) {
  const auto golden = golden::read_golden(spec.golden).value();
  CaseOutputs outputs;
  for (const TensorSpec& output : manifest.model.outputs) {
    const std::string name = output.name == "score" ? "scores" : "state_" + output.name;
    Tensor tensor = *golden.contents.find(name);
    if (const auto stride = golden.contents.metadata.find("state_stride");
        name != "scores" && stride != golden.contents.metadata.end()) {
      tensor = hold_rows(tensor, std::stoul(stride->second), golden.contents.find("scores")->spec);
    }
    outputs.outputs.push_back(std::move(tensor));
  }
  return outputs;
}

TEST(CommittedSuites, EachParses) {
  const auto files = list_suite_files(ASSAY_SOURCE_DIR "/suites");
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    const auto manifest = load_manifest(file, built_in_tasks());
    EXPECT_TRUE(manifest.ok()) << manifest.error().message;
  }
}

TEST(CommittedSuites, NothingIsMissingOrOfAnotherHash) {
  for (const std::string& problem : survey_suite(committed_vad()).problems()) {
    ADD_FAILURE() << problem;
  }
}

TEST(CommittedSuites, EveryGoldenScoresPerfectlyAgainstItself) {
  const SuiteManifest manifest = committed_vad();
  const auto adapter = make_task_adapter(manifest);
  for (const CaseSpec& spec : manifest.cases) {
    const auto inputs = adapter->make_inputs(spec);
    ASSERT_TRUE(inputs.ok()) << inputs.error().message;
    const auto reference = adapter->load_reference(spec, *inputs);
    ASSERT_TRUE(reference.ok()) << reference.error().message;
    auto scored = adapter->score(**reference, outputs_from_golden(spec, manifest));
    apply_thresholds(manifest, {.case_name = spec.name, .variant = "fp32"}, scored.scores);
    for (const Score& score : scored.scores) {
      EXPECT_TRUE(score.pass) << spec.name << " " << score.metric << " " << score.value;
      if (score.metric.ends_with("abs_error") || score.metric.starts_with("decision") ||
          score.metric.starts_with("segments") || score.metric == "nonfinite_count") {
        EXPECT_EQ(score.value, 0) << spec.name << " " << score.metric;
      } else if (score.metric.ends_with("sqnr_db")) {
        EXPECT_EQ(score.value, golden::kSqnrCeilingDb) << spec.name << " " << score.metric;
      } else if (score.metric == "score_cosine") {
        EXPECT_NEAR(score.value, 1, 1e-12) << spec.name;
      }
      EXPECT_NE(score.metric, "first_divergence_chunk") << spec.name;
    }
  }
}

}  // namespace
}  // namespace assay::suites
