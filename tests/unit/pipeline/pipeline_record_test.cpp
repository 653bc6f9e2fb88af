#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/pipeline/chain_events.h>
#include <harness/pipeline/pipeline_record.h>

namespace assay::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SuiteManifest model_suite(const std::string& name, const std::string& backend) {
  SuiteManifest suite;
  suite.name = name;
  suite.model.name = name;
  suite.model.variants = {
      {.name = "int8", .pte = {}, .sha256 = {}, .recipe = {}, .backend = backend}};
  return suite;
}

ChainModels portable_models() {
  return {.vad = model_suite("vad", "portable"),
          .asr = model_suite("asr", "portable"),
          .llm = model_suite("llm", "portable")};
}

const ChainMix kMix{.name = "int8", .vad = "int8", .asr = "int8", .llm = "int8"};

/// A mix in which every stage took a millisecond, on these delegates.
MixSummary summary_of(std::map<std::string, std::vector<std::string>> delegates) {
  MixSummary summary{.mix = kMix};
  for (const std::string& stage : stage_names()) {
    summary.stages.push_back({.stage = stage, .samples = {{1'000'000}}, .count = 1});
  }
  summary.delegates = std::move(delegates);
  summary.memory = {{.phase = "start", .vm_hwm_bytes = 1, .pss_bytes = 100},
                    {.phase = loaded_phase("vad"), .vm_hwm_bytes = 2, .pss_bytes = 200},
                    {.phase = loaded_phase("asr"), .vm_hwm_bytes = 3, .pss_bytes = 300},
                    {.phase = loaded_phase("llm"), .vm_hwm_bytes = 4, .pss_bytes = 400},
                    {.phase = kEndPhase, .vm_hwm_bytes = 5, .pss_bytes = 500}};
  return summary;
}

RunRecord run_of(MixOutcome outcome) {
  ChainSuite suite;
  suite.name = "chain";
  suite.file = "/suites/chain.json";
  return make_chain_run({}, suite, portable_models(), {std::move(outcome)}, 1);
}

std::vector<std::string> backends_of(const RunRecord& run) {
  std::vector<std::string> backends;
  for (const Cell& cell : run.cells) {
    backends.push_back(cell.key.case_name + "=" + cell.key.backend);
  }
  return backends;
}

double score_of(const Cell& cell, const std::string& metric) {
  for (const Score& score : cell.scores) {
    if (score.metric == metric) {
      return score.value;
    }
  }
  return -1;
}

TEST(PipelineRecord, EveryCellOfAMixSaysWhatItsModelsRanOn) {
  const RunRecord run =
      run_of({.mix = kMix,
              .summary = summary_of(
                  {{"vad", {}}, {"asr", {"XnnpackBackend"}}, {"llm", {"VulkanBackend"}}})});
  EXPECT_THAT(backends_of(run), testing::Each(testing::EndsWith("=portable+vulkan+xnnpack")));
}

TEST(PipelineRecord, AStageKeepsTheDelegatesOfItsMethod) {
  const RunRecord run =
      run_of({.mix = kMix,
              .summary = summary_of({{"vad", {}}, {"asr", {"XnnpackBackend"}}, {"llm", {}}})});
  EXPECT_THAT(run.cells[2].worker.backends, ElementsAre("XnnpackBackend"));
  EXPECT_THAT(run.cells[3].worker.backends, IsEmpty());
}

TEST(PipelineRecord, AMixThatFailedSaysWhatItWasLoweredFor) {
  const RunRecord run =
      run_of({.mix = kMix, .summary = {}, .failure = CellStatus::kCrash, .reason = "it died"});
  EXPECT_THAT(backends_of(run), testing::Each(testing::EndsWith("=portable")));
  EXPECT_EQ(run.cells.back().status, CellStatus::kCrash);
}

TEST(PipelineRecord, PhasesOfMemoryKeepTheNamesOfTheirStages) {
  const RunRecord run = run_of({.mix = kMix, .summary = summary_of({})});
  std::vector<std::string> phases;
  for (const MemorySnapshot& snapshot : run.cells[0].worker.memory) {
    phases.push_back(snapshot.phase);
  }
  EXPECT_THAT(phases, ElementsAre("start", "vad loaded", "asr loaded", "llm loaded", "end"));
}

TEST(PipelineRecord, FiguresOfMemoryAreFoundByThePhasesNames) {
  MixSummary summary = summary_of({});
  summary.memory.push_back({.phase = "a phase to come", .vm_hwm_bytes = 9, .pss_bytes = 900});
  const RunRecord run = run_of({.mix = kMix, .summary = summary});
  EXPECT_EQ(score_of(run.cells[0], "memory_load_bytes"), 300);
  EXPECT_EQ(score_of(run.cells[0], "memory_peak_bytes"), 5);
  EXPECT_EQ(score_of(run.cells[0], "memory_steady_pss_bytes"), 500);
}

}  // namespace
}  // namespace assay::pipeline
