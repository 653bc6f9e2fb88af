#include <gtest/gtest.h>

#include <golden/comparators.h>
#include <golden/golden_file.h>
#include <suites/manifest_parser.h>
#include <suites/suite_finder.h>
#include <suites/suite_survey.h>
#include <suites/task_adapter.h>

namespace assay::suites {
namespace {

SuiteManifest committed_vad() { return load_manifest(ASSAY_SOURCE_DIR "/suites/vad.json").value(); }

/// The golden's values in the form in which a worker sends outputs.
CaseOutputs outputs_from_golden(const CaseSpec& spec, const SuiteManifest& manifest) {
  const auto golden = golden::read_golden(spec.golden).value();
  CaseOutputs outputs;
  for (const TensorSpec& output : manifest.model.outputs) {
    const std::string name = output.name == "score" ? "scores" : "state_" + output.name;
    outputs.outputs.push_back(*golden.contents.find(name));
  }
  return outputs;
}

TEST(CommittedSuites, EachParses) {
  const auto files = list_suite_files(ASSAY_SOURCE_DIR "/suites");
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    const auto manifest = load_manifest(file);
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
